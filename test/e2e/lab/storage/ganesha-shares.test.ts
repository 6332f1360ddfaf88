import { quote } from "../../../../provider/host/quote";
import { startKindMachine } from "../kinds/kind-machine";
import { describeNfsServer, type NfsUse } from "./nfs-suite";

/** libnfs' own tools: clients in user space. They write over version 3 only. */
const libnfs: NfsUse = {
  async write(client, source, file, text) {
    const [address, path] = source.split(/:(?=\/)/) as [string, string];
    await client.run(`printf %s ${quote(text)} >/root/sent
timeout 20 nfs-cp /root/sent ${quote(`nfs://${address}${path}/${file}?version=3`)} 2>&1`);
  },
  async read(client, source, file) {
    const [address, path] = source.split(/:(?=\/)/) as [string, string];
    return client.run(`timeout 20 nfs-cat ${quote(`nfs://${address}${path}/${file}?version=4`)}`);
  },
};

describeNfsServer(
  "GaneshaServer",
  'new GaneshaServer("nfs", { host, version3: true, graceSeconds: 0 })',
  async () => {
    const [server, one, other] = await Promise.all([
      startKindMachine("ganesha", 171),
      startKindMachine("nfs-one", 172),
      startKindMachine("nfs-other", 173),
    ]);
    for (const client of [one, other])
      await client.run(
        "apt-get -qq install -y --no-install-recommends libnfs-utils >/dev/null 2>&1",
      );
    return { server, one, other, use: libnfs };
  },
);
