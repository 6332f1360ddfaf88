/** Stack `apps`: adds to the zone of stack `home`, and goes without touching it. */
import { DnsRecord, labReference } from "../../components";

export = async () => {
  const home = await labReference<typeof import("./home")>("home");
  new DnsRecord("printer", { zone: home.lan, type: "A", values: "10.77.0.40" });
};
