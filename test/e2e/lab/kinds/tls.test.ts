import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";

import {
  type Machine,
  deleteMachine,
  hostArgument,
  ssh,
  startMachine,
} from "../../support/machine";
import { Project } from "../../support/project";
import { assertNoChange, destroy, killHalfWay, refresh, scripts, up, upError } from "./lab-project";

interface CertificateArgs {
  name?: string;
  dnsNames?: string[];
  ipAddresses?: string[];
  commonName?: string;
  validityDays?: number;
  renewBeforeDays?: number;
  reload?: string;
  adopt?: boolean;
}

const wiki = { dnsNames: ["wiki.home.arpa", "*.wiki.home.arpa"], ipAddresses: ["10.77.0.101"] };

describe("tls:Authority and tls:Certificate on real machines", function () {
  let ca: Machine;
  let web: Machine;
  let hosts: { ca: string; web: string };
  let project: Project;

  const onWeb = (script: string) => ssh(web, `set -eu\n${script}`);
  const onCa = (script: string) => ssh(ca, `set -eu\n${script}`);
  const idOf = async (machine: Machine) => (await ssh(machine, "cat /etc/machine-id")).trim();

  const program = (
    certificates: Record<string, CertificateArgs>,
    authority: Record<string, unknown> = {},
  ) => `import { tls } from "labwright/resources";
const ca = new tls.Authority("ca", { host: ${hosts.ca}, ...${JSON.stringify({ name: "lab", commonName: "Lab CA", ...authority })} });
const authority = { host: ${hosts.ca}, name: ca.name, certificatePem: ca.certificatePem };
${Object.entries(certificates)
  .map(
    ([name, args]) =>
      `new tls.Certificate(${JSON.stringify(name)}, { host: ${hosts.web}, authority, ...${JSON.stringify({ name, ...args })} });`,
  )
  .join("\n")}
export const certificatePem = ca.certificatePem;
`;

  /** The certificate in use, verified by openssl on its host as a client would, with its key. */
  async function inUse(name = "wiki"): Promise<X509Certificate> {
    const folder = `/etc/ssl/labwright/${name}`;
    const { certificatePem } = await project.outputs();
    const pem = await onWeb(`cd ${folder}
cat >/tmp/ca.pem <<'END'
${String(certificatePem)}END
openssl verify -x509_strict -purpose sslserver -CAfile /tmp/ca.pem certificate.pem >&2
[ "$(openssl pkey -in key.pem -pubout)" = "$(openssl x509 -in certificate.pem -noout -pubkey)" ]
[ "$(stat -c '%U %G %a' key.pem)" = 'root root 600' ]
[ "$(stat -c '%U %G %a' certificate.pem)" = 'root root 644' ]
[ "$(ls -d ${folder}@* | wc -l)" = 1 ]
cat certificate.pem`);
    assert.equal(pem.match(/BEGIN CERTIFICATE/g)?.length, 2, "followed by the authority's");
    return new X509Certificate(pem);
  }

  before(async () => {
    await Promise.all([deleteMachine(100), deleteMachine(101)]);
    [ca, web] = await Promise.all([
      startMachine("kinds-ca", "10.77.0.100", 100),
      startMachine("kinds-web", "10.77.0.101", 101),
    ]);
    hosts = {
      ca: hostArgument(ca, await idOf(ca)),
      web: hostArgument(web, await idOf(web)),
    };
    project = new Project("kinds-tls", program({}));
    await project.init();
  });
  after(async () => {
    await project.remove();
    await Promise.all([deleteMachine(100), deleteMachine(101)]);
  });

  for (const time of ["the first time", "a second time"]) {
    it(`makes an authority and a certificate, ${time}, and finds nothing to do after that`, async () => {
      project.write(program({ wiki }));
      assert.deepEqual(await up(project), { create: ["ca", "wiki"] });
      const certificate = await inUse();
      assert.equal(certificate.subject, "CN=wiki.home.arpa");
      assert.equal(
        certificate.subjectAltName,
        "DNS:wiki.home.arpa, DNS:*.wiki.home.arpa, IP Address:10.77.0.101",
      );
      assert.deepEqual(certificate.keyUsage, ["1.3.6.1.5.5.7.3.1"]);
      await assertNoChange(project);
      assert.deepEqual(await refresh(project), {});
    });

    it(`deletes both, ${time}`, async () => {
      assert.deepEqual(await destroy(project), { delete: ["ca", "wiki"] });
      assert.equal(await onWeb("ls -A /etc/ssl/labwright"), "");
      assert.equal(await onCa("ls -A /var/lib/labwright/ca"), "");
    });
  }

  it("gives the authority a certificate that can sign servers and nothing more", async () => {
    project.write(program({}));
    await up(project);
    const text = await onCa(
      "openssl x509 -in /var/lib/labwright/ca/lab/certificate.pem -noout -text",
    );
    assert.match(text, /Basic Constraints: critical\s+CA:TRUE, pathlen:0/);
    assert.match(text, /Key Usage: critical\s+Certificate Sign, CRL Sign\n/);
    assert.match(text, /Subject Key Identifier/);
    assert.match(text, /id-ecPublicKey[\s\S]*NIST CURVE: P-256/);
    assert.equal(
      await onCa("stat -c '%U %G %a %n' /var/lib/labwright/ca/lab /var/lib/labwright/ca/lab/*"),
      "root root 700 /var/lib/labwright/ca/lab\nroot root 644 /var/lib/labwright/ca/lab/certificate.pem\nroot root 600 /var/lib/labwright/ca/lab/key.pem\n",
    );
  });

  it("keeps keys on their hosts: none is in the state or in what the provider says", async () => {
    project.write(program({ wiki }));
    await up(project);
    const state = await project.exportState();
    assert.doesNotMatch(state, /PRIVATE KEY/);
    for (const [run, path] of [
      [onCa, "/var/lib/labwright/ca/lab/key.pem"],
      [onWeb, "/etc/ssl/labwright/wiki/key.pem"],
    ] as const) {
      const line = (await run(`sed -n 2p ${path}`)).trim();
      assert.ok(line.length > 40 && !state.includes(line));
    }
  });

  it("makes a new key and certificate for a change of what it says, and none for the rest", async () => {
    project.write(program({ wiki }));
    await up(project);
    const change = async (args: CertificateArgs) => {
      const before = await inUse();
      project.write(program({ wiki: { ...wiki, ...args } }));
      assert.deepEqual(await up(project), { update: ["wiki"] });
      const after = await inUse();
      await assertNoChange(project);
      assert.deepEqual(await refresh(project), {});
      return { after, renewed: before.serialNumber !== after.serialNumber };
    };
    const named = await change({ dnsNames: ["Docs.home.arpa"], ipAddresses: [] });
    assert.equal(named.after.subjectAltName, "DNS:docs.home.arpa");
    const addressed = await change({ dnsNames: [], ipAddresses: ["FD00:77::0:1", "10.77.0.101"] });
    assert.equal(addressed.after.subject ?? "", "");
    assert.equal(
      addressed.after.subjectAltName,
      "IP Address:FD00:77:0:0:0:0:0:1, IP Address:10.77.0.101",
    );
    const called = await change({ ...wiki, commonName: "The Wiki (10.77)" });
    assert.equal(called.after.subject, "CN=The Wiki (10.77)");
    const short = await change({ validityDays: 40 });
    assert.equal(
      Date.parse(short.after.validTo) - Date.parse(short.after.validFrom),
      40 * 86_400_000,
    );
    assert.equal((await change({ validityDays: 40, renewBeforeDays: 7 })).renewed, false);
    assert.equal(
      (await change({ validityDays: 40, renewBeforeDays: 7, reload: "ssh" })).renewed,
      false,
    );
    assert.equal((await change({})).renewed, true);
  });

  it("renews in good time, reloads the service, and not before", async () => {
    project.write(program({ wiki: { ...wiki, reload: "ssh" } }));
    await up(project);
    const before = await inUse();
    const reloads = "journalctl -u ssh -o cat | grep -c 'Reloaded ' || true";
    const count = Number(await onWeb(reloads));
    const state = await project.exportState();
    const endingIn = (days: number) =>
      state.replaceAll(
        new Date(before.validTo).toISOString().replace(".000Z", "Z"),
        new Date(Date.now() + days * 86_400_000).toISOString(),
      );
    await project.importState(endingIn(30.1));
    assert.deepEqual(await up(project), {});
    await project.importState(endingIn(29.9));
    assert.deepEqual(await up(project), { update: ["wiki"] });
    // The certificate itself has 90 days left, so that only what the state said was put right.
    assert.equal((await inUse()).serialNumber, before.serialNumber);
    const signed = await signByHand(25);
    assert.deepEqual(await refresh(project), {
      wiki: ["certificatePem", "notAfter", "serial", "validityDays"],
    });
    assert.deepEqual(await up(project), { update: ["wiki"] });
    const after = await inUse();
    assert.notEqual(after.serialNumber, signed);
    assert.equal(Number(await onWeb(reloads)), count + 1);
    await assertNoChange(project);
  });

  /** Puts a certificate of `days` for the same key and names in the place of the one in use; gives its serial number. */
  async function signByHand(
    days: number,
    authority = "/var/lib/labwright/ca/lab",
  ): Promise<string> {
    const request = await onWeb(
      "openssl req -new -key /etc/ssl/labwright/wiki/key.pem -subj /CN=wiki.home.arpa",
    );
    const pem = await onCa(`cd $(mktemp -d)
cat >request <<'END'
${request}END
cat >extensions <<'END'
subjectAltName = DNS:wiki.home.arpa, DNS:*.wiki.home.arpa, IP:10.77.0.101
extendedKeyUsage = serverAuth
END
openssl x509 -req -in request -CA ${authority}/certificate.pem -CAkey ${authority}/key.pem -CAcreateserial -CAserial serial -days ${days} -extfile extensions 2>/dev/null
cat ${authority}/certificate.pem`);
    await onWeb(`cat >/etc/ssl/labwright/wiki/certificate.pem <<'END'
${pem}END`);
    return new X509Certificate(pem).serialNumber;
  }

  /** What somebody does to the files by hand, and what a refresh says about it. */
  const edits: Record<string, [string, string[] | "gone"]> = {
    "key-deleted": ["rm key.pem", ["problem"]],
    "key-opened": ["chmod 0644 key.pem", ["problem"]],
    "key-given-away": ["chown games key.pem", ["problem"]],
    "key-replaced": ["openssl genpkey -algorithm ED25519 -out key.pem", ["problem"]],
    "certificate-closed": ["chmod 0600 certificate.pem", ["problem"]],
    "certificate-replaced": [
      "openssl req -x509 -newkey ed25519 -nodes -keyout /dev/null -subj '/CN=evil' -addext subjectAltName=DNS:evil.example -days 3 -out certificate.pem 2>/dev/null",
      [
        "certificatePem",
        "commonName",
        "dnsNames[0]",
        "ipAddresses[0]",
        "notAfter",
        "problem",
        "serial",
        "validityDays",
      ],
    ],
    "certificate-spoilt": [
      "echo hello >certificate.pem",
      ["certificatePem", "notAfter", "problem", "serial"],
    ],
    "certificate-deleted": ["rm certificate.pem", "gone"],
    "folder-deleted": ["rm -r ../folder-deleted ../folder-deleted@*", "gone"],
  };
  it("sees what was done by hand to keys and certificates, and repairs it", async () => {
    const names = Object.keys(edits);
    project.write(
      program(
        Object.fromEntries(
          names.map((name) => [
            name,
            { commonName: name, dnsNames: [`${name}.home.arpa`], ipAddresses: ["10.77.0.101"] },
          ]),
        ),
      ),
    );
    await up(project);
    const serials = new Map<string, string>();
    for (const name of names) {
      serials.set(name, (await inUse(name)).serialNumber);
      await onWeb(`cd /etc/ssl/labwright/${name}\n${edits[name]![0]}`);
    }
    assert.deepEqual(
      await refresh(project),
      Object.fromEntries(names.map((name) => [name, edits[name]![1]])),
    );
    const gone = names.filter((name) => edits[name]![1] === "gone");
    assert.deepEqual(await up(project), {
      create: gone,
      update: names.filter((name) => !gone.includes(name)).sort(),
    });
    for (const name of names) {
      assert.notEqual((await inUse(name)).serialNumber, serials.get(name), name);
    }
    await assertNoChange(project);
    assert.deepEqual(await refresh(project), {});
    await destroy(project);
    project.write(program({ wiki }));
    await up(project);
  });

  it("sees a certificate that another authority signed under the same names", async () => {
    await onCa(`mkdir -p /root/other && cd /root/other
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -subj '/CN=Lab CA' -days 99 -out certificate.pem 2>/dev/null`);
    await signByHand(90, "/root/other");
    assert.deepEqual(await refresh(project), { wiki: ["problem"] });
    assert.deepEqual(await up(project), { update: ["wiki"] });
    await inUse();
  });

  it("sees the authority's key opened to others, and closes it, with the same key", async () => {
    await onCa("chmod 0640 /var/lib/labwright/ca/lab/key.pem");
    assert.deepEqual(await refresh(project), { ca: ["problem"] });
    assert.deepEqual(await up(project), { update: ["ca"] });
    assert.deepEqual(await refresh(project), {});
    await inUse();
  });

  for (const what of ["key.pem", "certificate.pem"]) {
    it(`makes the authority anew when its ${what} was deleted, and signs every certificate anew`, async () => {
      const before = await inUse();
      await onCa(`rm /var/lib/labwright/ca/lab/${what}`);
      assert.deepEqual(await refresh(project), { ca: "gone" });
      assert.deepEqual(await up(project), { create: ["ca"], update: ["wiki"] });
      assert.notEqual((await inUse()).serialNumber, before.serialNumber);
      await assertNoChange(project);
    });
  }

  it("replaces the authority for another common name or validity, and signs anew", async () => {
    project.write(program({ wiki }, { commonName: 'Läb "CA" $HOME, #1 \\n', validityDays: 100 }));
    const done = await up(project);
    assert.deepEqual(done["create-replacement"], ["ca"]);
    assert.deepEqual(done.update, ["wiki"]);
    await inUse();
    assert.deepEqual(await refresh(project), {});
    await assertNoChange(project);
  });

  it("says so when the authority ends before the certificate would", async () => {
    project.write(
      program(
        { wiki: { ...wiki, validityDays: 101 } },
        { commonName: 'Läb "CA" $HOME, #1 \\n', validityDays: 100 },
      ),
    );
    assert.match(
      await upError(project),
      /the authority lab ends before a certificate of 101 days would: use a smaller validityDays/,
    );
    project.write(program({ wiki }));
    await up(project);
    await inUse();
  });

  it("signs no request for another subject, and nothing but what the program says", async () => {
    // A tool in openssl's place on the web server asks for more than it was told to.
    await onWeb(`mv /usr/bin/openssl /usr/bin/openssl.real
cat >/usr/bin/openssl <<'END'
#!/bin/sh
if [ "$1" != req ]; then exec openssl.real "$@"; fi
exec openssl.real req -new -key /etc/ssl/labwright/wiki@new/key.pem -subj "$(cat /root/subject)" \
  -addext subjectAltName=DNS:bank.example -addext basicConstraints=CA:TRUE -out /etc/ssl/labwright/wiki@new/request.pem
END
chmod +x /usr/bin/openssl
echo /CN=bank.example >/root/subject`);
    const before = await onWeb("cat /etc/ssl/labwright/wiki/certificate.pem");
    const renewed = { dnsNames: ["wiki.home.arpa"] };
    project.write(program({ wiki: renewed }));
    assert.match(
      await upError(project),
      /the request is for CN=bank\.example and not for CN=wiki\.home\.arpa: it was not signed/,
    );
    assert.equal(await onWeb("cat /etc/ssl/labwright/wiki/certificate.pem"), before);
    await onWeb("echo /CN=wiki.home.arpa >/root/subject");
    await up(project);
    const certificate = await inUse();
    assert.equal(certificate.subjectAltName, "DNS:wiki.home.arpa");
    assert.equal(certificate.ca, false);
    await onWeb("mv /usr/bin/openssl.real /usr/bin/openssl");
  });

  it("reads without openssl what can be read, and says what is missing when it has to make something", async () => {
    project.write(program({ wiki }));
    await up(project);
    await onWeb("mv /usr/bin/openssl /root/openssl");
    assert.deepEqual(await refresh(project), {});
    project.write(program({ wiki: { dnsNames: ["x.home.arpa"] } }));
    assert.match(
      await upError(project),
      /openssl is not installed on this host: install the package openssl/,
    );
    await onWeb("mv /root/openssl /usr/bin/openssl");
    project.write(program({ wiki }));
    await up(project);
  });

  it("finishes the job of a killed provider, also when the state knows nothing of it", async () => {
    await destroy(project);
    const names = Array.from({ length: 12 }, (_, index) => `c${index}`);
    const certificates = Object.fromEntries(
      names.map((n) => [n, { dnsNames: [`${n}.home.arpa`] }]),
    );
    project.write(program(certificates));
    for (const step of [/^make a key/, /^sign/, /^install/]) {
      await killHalfWay(project, (log) => scripts(log, step) >= 3);
    }
    assert.deepEqual(await up(project), { create: [...names, "ca"].sort() });
    for (const name of names) await inUse(name);
    assert.deepEqual(await refresh(project), {});
    await assertNoChange(project);
    await destroy(project);
    assert.equal(await onWeb("ls -A /etc/ssl/labwright"), "");
  });

  it("refuses a folder that somebody else made, takes it over with adopt, and gives it back", async () => {
    await onWeb("mkdir -p /etc/ssl/labwright/wiki && echo mine >/etc/ssl/labwright/wiki/key.pem");
    project.write(program({ wiki }));
    assert.match(
      await upError(project),
      /wiki on root@10\.77\.0\.101 exists already and was not made by this resource; set adopt: true/,
    );
    assert.equal(await onWeb("cat /etc/ssl/labwright/wiki/key.pem"), "mine\n");
    project.write(program({ wiki: { ...wiki, adopt: true } }));
    await up(project);
    await inUse();
    await destroy(project);
    assert.equal(await onWeb("cat /etc/ssl/labwright/wiki/key.pem"), "mine\n");
    await onWeb("rm -r /etc/ssl/labwright/wiki");
  });

  it("destroys what is gone already", async () => {
    project.write(program({ wiki }));
    await up(project);
    await onWeb("rm -r /etc/ssl/labwright");
    await onCa("rm -r /var/lib/labwright/ca");
    assert.deepEqual(await destroy(project), { delete: ["ca", "wiki"] });
  });
});
