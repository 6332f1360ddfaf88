export { takeDown } from "./lab/down";
export { execInLab, labEnvironment } from "./lab/exec";
export { resetLab } from "./lab/reset";
export { sandboxFromEnvironment, type Sandbox } from "./lab/sandbox";
export { sshCommand } from "./lab/ssh";
export { labStatus, type LabStatus, type MachineStatus } from "./lab/status";
export { kernelMachines } from "./lab/kernel-machines";
export { bringUp, bringUpKernelMachines, isUp } from "./lab/up";
