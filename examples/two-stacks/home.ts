/** Stack `home`: a name server that was there already, and what other stacks may build on. */
import * as pulumi from "@pulumi/pulumi";
import { BindServer, existingHost, offer } from "../../components";

const hostKey = new pulumi.Config().require("hostKey");
const ns = existingHost({ name: "ns", address: "10.77.0.53", hostKey });
const dns = new BindServer("dns", { host: ns });
const lan = dns.zone("home.arpa", { reverse: "10.77.0.0/24" });

export const handles = offer({ lan, ns });
