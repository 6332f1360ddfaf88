/** Folder in the guest where the waiting machine is told who it is. */
export const wakeFolder = "/run/labwright";

/**
 * Python that a machine with a kernel of its own runs at its first boot: it imports cloud-init, waits in the frozen
 * state, and when it is told the time and its hardware address becomes a machine of its own and goes through the
 * stages of cloud-init in the order of their units. Under emulation most of their time would go into importing them and
 * into reading the same YAML many times, so both are done before the freeze.
 *
 * What frozen clones share has to be renewed: the kernel's random numbers, boot id, machine id. SSH host keys, name
 * service and NFS server are not there before: their units wait for cloud-init to be enabled.
 */
export const wakeProgram = `import fcntl, glob, importlib, json, os, pickle, struct, subprocess, sys, uuid

FOLDER = "${wakeFolder}"
DISABLED = "/etc/cloud/cloud-init.disabled"

def run(*command):
    return subprocess.run(command, stdin=subprocess.DEVNULL).returncode

def load():
    import cloudinit
    names = ["cmd.main", "stages", "sources.DataSourceNoCloud", "sources.DataSourceNone", "distros.debian",
             "net.networkd", "net.activators", "templater", "handlers.cloud_config", "config.schema", "ssh_util"]
    names += ["config." + os.path.basename(file)[:-3]
              for file in glob.glob(os.path.join(os.path.dirname(cloudinit.__file__), "config", "cc_*.py"))]
    for name in names:
        try:
            importlib.import_module("cloudinit." + name)
        except Exception as error:
            print("not loaded:", name, error)
    quicken()

def quicken():
    import yaml
    from cloudinit import safeyaml, stages
    known = {}
    class Loader(yaml.CSafeLoader):
        def construct_python_unicode(self, node):
            return self.construct_scalar(node)
    Loader.add_constructor("tag:yaml.org,2002:python/unicode", Loader.construct_python_unicode)
    def load(blob):
        if blob not in known:
            known[blob] = pickle.dumps(yaml.load(blob, Loader=Loader))
        return pickle.loads(known[blob])
    safeyaml.load = load
    stages.fetch_base_config()

def stage(*arguments):
    child = os.fork()
    if child == 0:
        sys.argv = ["cloud-init", *arguments]
        code = 1
        try:
            from cloudinit.cmd.main import main
            code = main() or 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        finally:
            sys.stdout.flush()
            os._exit(code)
    os.waitpid(child, 0)

def renew(order):
    seconds = order["now"]
    if run("date", "-u", "-s", "@%s" % seconds):
        print("the clock could not be set")
    random = bytes.fromhex(order["random"])
    with open("/dev/urandom", "wb") as device:
        # RNDADDENTROPY and RNDRESEEDCRNG of random(4): without them clones would draw the same numbers.
        fcntl.ioctl(device, 0x40085203, struct.pack("ii", len(random) * 8, len(random)) + random)
        fcntl.ioctl(device, 0x5207)
    with open(FOLDER + "/boot_id", "w") as file:
        file.write(str(uuid.uuid4()) + "\\n")
    run("mount", "--bind", FOLDER + "/boot_id", "/proc/sys/kernel/random/boot_id")
    if os.path.exists("/etc/machine-id"):
        os.remove("/etc/machine-id")
    # Not systemd-machine-id-setup: it would take the id of the hypervisor's or of the bus.
    with open("/etc/machine-id", "w") as file:
        file.write(uuid.uuid4().hex + "\\n")
    if order["mac"]:
        run("ip", "link", "set", "eth0", "address", order["mac"])

def main():
    load()
    run("systemctl", "is-system-running", "--wait")
    os.makedirs(FOLDER, mode=0o700, exist_ok=True)
    os.mkfifo(FOLDER + "/go", 0o600)
    with open(FOLDER + "/go") as pipe:
        order = json.load(pipe)
    os.remove(FOLDER + "/go")
    renew(order)
    run("/usr/local/lib/labwright/seed")
    os.remove(DISABLED)
    os.makedirs("/run/cloud-init", exist_ok=True)
    open("/run/cloud-init/enabled", "w").close()
    if os.path.exists("/run/cloud-init/disabled"):
        os.remove("/run/cloud-init/disabled")
    stage("init", "--local")
    # Its socket may have started it when the address was set, too early to find the configuration.
    run("systemctl", "restart", "systemd-networkd.service")
    run("/lib/systemd/systemd-networkd-wait-online", "--any", "--timeout=10")
    stage("init")
    run("systemctl", "start", "ssh.service")
    run("systemctl", "restart", "--no-block", "systemd-journald.service")
    stage("modules", "--mode=config")
    run("systemctl", "start", "--no-block", "nfs-server.service")
    stage("modules", "--mode=final")

main()
`;

/** Shell that puts the seed that QEMU carries where cloud-init's NoCloud data source looks first. */
export const renderSeedScript = (entry: string): string => `#!/bin/sh
set -eu
folder=/var/lib/cloud/seed/nocloud
rm -rf "$folder"
# What it shows was read when it was loaded.
modprobe -r qemu_fw_cfg 2>/dev/null || :
modprobe qemu_fw_cfg
raw=/sys/firmware/qemu_fw_cfg/by_name/${entry}/raw
[ -e "$raw" ] || exit 0
mkdir -p "$folder"
chmod 700 "$folder"
tar -x -C "$folder" -f "$raw"
`;

/** Shell, for the guest agent, that answers once the waiting machine can be told who it is. */
export const isWaiting = `test -p ${wakeFolder}/go`;

/** Shell, for the guest agent, that passes on what it reads to the waiting machine. Done already: nothing. */
export const wake = `test -p ${wakeFolder}/go || exit 0; cat >${wakeFolder}/go`;

/**
 * Shell that tells what can be seen of a machine: its addresses, SSH host keys and who may log in; `settled` when
 * cloud-init has done its part.
 */
export const viewScript = `
ip -o address show scope global | sed -n 's/.* inet6\\{0,1\\} \\([^ /]*\\).*/address \\1/p'
cat /etc/ssh/ssh_host_*_key.pub 2>/dev/null | sed 's/^/key /'
while IFS=: read -r user _ _ _ _ home _; do
  [ ! -f "$home/.ssh/authorized_keys" ] || sed "s/^/login $user /" "$home/.ssh/authorized_keys"
done </etc/passwd
[ ! -e /run/cloud-init/result.json ] || echo settled
`;
