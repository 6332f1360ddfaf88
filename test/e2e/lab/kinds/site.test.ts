import assert from "node:assert/strict";

import fc from "fast-check";

import { deleteMachine } from "../../support/machine";
import { changes, Project } from "../../support/project";
import { type DaemonMachine, startWebServer } from "./daemons";
import { assertNoChange, destroy, killHalfWay, refresh, scripts, up, upError } from "./lab-project";

interface SiteArgs {
  name: string;
  context: "http" | "stream";
  config: string;
  adopt?: boolean;
}

const http = (name: string, answer = name): SiteArgs => ({
  name,
  context: "http",
  config: `server { listen 8090; server_name ${name}.test; location / { return 200 "${answer}"; } }\n`,
});
const stream: SiteArgs = {
  name: "tcp",
  context: "stream",
  config: "server { listen 8091; return through; }\n",
};

describe("nginx:Site on a real nginx", function () {
  let server: DaemonMachine;
  let project: Project;

  const program = (sites: Record<string, SiteArgs>) =>
    `import { nginx } from "labwright/resources";
const host = ${server.host};
const sites: Record<string, Omit<nginx.SiteArgs, "host">> = ${JSON.stringify(sites)};
for (const [name, args] of Object.entries(sites)) new nginx.Site(name, { host, ...args });
`;
  const answer = (name: string) =>
    server.run(
      `exec 3<>/dev/null; printf 'GET / HTTP/1.0\\r\\nHost: ${name}.test\\r\\n\\r\\n' | nc -q 2 127.0.0.1 8090 | tail -n 1`,
    );
  const file = (path: string) => server.run(`cat ${path}`);
  const files = async () =>
    (await server.run("cd /etc/nginx && ls conf.d stream.d | grep conf$ || true"))
      .split("\n")
      .filter(Boolean);
  /** Configurations that the master process has taken up since it was started. */
  const reloads = async () =>
    Number(
      await server.run(
        "grep -c 'signal 1 (SIGHUP) received from' /var/log/nginx/error.log || true",
      ),
    );

  before(async () => {
    server = await startWebServer("kinds-site", 122);
    await server.run(`apt-get -qq install -y netcat-openbsd >/dev/null 2>&1
sed -i 's#^error_log .*#error_log /var/log/nginx/error.log notice;#' /etc/nginx/nginx.conf
systemctl restart nginx`);
    project = new Project("kinds-site", "");
    await project.init();
  });
  after(async () => {
    await project.remove();
    await deleteMachine(122);
  });

  for (const time of ["the first time", "a second time"]) {
    it(`creates sites that are served at once, ${time}, and reads them back`, async () => {
      project.write(program({ wiki: http("wiki"), tcp: stream }));
      assert.deepEqual(await up(project), { create: ["tcp", "wiki"] });
      assert.equal(await answer("wiki"), "wiki");
      assert.equal(await server.run("nc -q 2 127.0.0.1 8091 </dev/null"), "through");
      assert.equal(
        await server.run(
          "stat -c '%U %G %a' /etc/nginx/conf.d/wiki.conf /etc/nginx/stream.d/tcp.conf",
        ),
        "root root 644\nroot root 644\n",
      );
      assert.deepEqual(await refresh(project), {});
      await assertNoChange(project);
    });

    it(`changes the text, ${time}, and nothing else is touched`, async () => {
      project.write(program({ wiki: http("wiki", "changed"), tcp: stream }));
      assert.deepEqual(await up(project), { update: ["wiki"] });
      assert.equal(await answer("wiki"), "changed");
    });

    it(`deletes them, ${time}, and nginx no longer serves them`, async () => {
      assert.deepEqual(await destroy(project), { delete: ["tcp", "wiki"] });
      assert.deepEqual(await files(), []);
      await server.run("! nc -z 127.0.0.1 8090");
    });
  }

  it("replaces a site for another name or context", async () => {
    project.write(program({ s: http("wiki") }));
    await up(project);
    project.write(program({ s: http("wiki2") }));
    assert.deepEqual((await up(project))["create-replacement"], ["s"]);
    assert.deepEqual(await files(), ["wiki2.conf"]);
    project.write(program({ s: { ...stream, name: "wiki2" } }));
    await up(project);
    assert.equal(await file("/etc/nginx/stream.d/wiki2.conf"), stream.config);
    assert.equal(await server.run("ls /etc/nginx/conf.d | wc -l"), "0\n");
    await destroy(project);
  });

  it("shows a hand edit and a removal, and repairs both", async () => {
    project.write(program({ wiki: http("wiki"), git: http("git"), tcp: stream }));
    await up(project);
    await server.run(`echo '# by hand' >>/etc/nginx/conf.d/wiki.conf
rm /etc/nginx/conf.d/git.conf
systemctl reload nginx`);
    assert.deepEqual(await refresh(project), { wiki: ["config"], git: "gone" });
    assert.deepEqual(await up(project), { create: ["git"], update: ["wiki"] });
    assert.equal(await file("/etc/nginx/conf.d/wiki.conf"), http("wiki").config);
    assert.equal(await answer("git"), "git");
    await assertNoChange(project);
    await destroy(project);
  });

  it("refuses a text that nginx refuses, with nginx's own message, and does the others", async () => {
    project.write(program({ wiki: http("wiki"), git: http("git") }));
    await up(project);
    const before = await file("/etc/nginx/conf.d/wiki.conf");
    project.write(
      program({
        wiki: { ...http("wiki"), config: "server {\n  listen 8090;\n  no_such_directive on;\n}\n" },
        git: http("git", "changed"),
        new: http("new"),
        broken: { name: "broken", context: "stream", config: "server { listen 8090" },
        escape: { name: "escape", context: "http", config: "}\nhttp {\n" },
      }),
    );
    const run = await project.up();
    assert.notEqual(run.code, 0);
    const errors = run.errors.join("\n");
    assert.match(
      errors,
      /config is refused by nginx, nothing was changed: .*unknown directive "no_such_directive" in \/etc\/nginx\/conf\.d\/wiki\.conf:3/,
    );
    assert.match(errors, /unexpected end of file.* in \/etc\/nginx\/stream\.d\/broken\.conf:1/);
    assert.match(errors, /unexpected "}" in \/etc\/nginx\/conf\.d\/escape\.conf:1/);
    assert.deepEqual(changes(run).update?.includes("git"), true);
    assert.equal(await file("/etc/nginx/conf.d/wiki.conf"), before);
    assert.deepEqual(await files(), ["git.conf", "new.conf", "wiki.conf"]);
    assert.equal(await answer("git"), "changed");
    assert.equal(await answer("new"), "new");
    assert.equal(await answer("wiki"), "wiki");
    project.write(
      program({ wiki: http("wiki", "good"), git: http("git", "changed"), new: http("new") }),
    );
    assert.deepEqual(await up(project), { update: ["wiki"] });
    await destroy(project);
  });

  it("refuses a site whose port another program holds, which nginx itself would drop in silence", async () => {
    await server.run("systemd-run --quiet --unit=holder nc -lk 127.0.0.1 8092");
    const taken: SiteArgs = {
      name: "taken",
      context: "http",
      config: "server { listen 8092; }\n",
    };
    const config = "server { listen 127.0.0.2:8092; return 204; }\n";
    project.write(program({ taken, elsewhere: { ...taken, name: "elsewhere", config } }));
    assert.match(
      await upError(project),
      /port 8092 is held by nc \(process \d+\): stop it, or have the site listen on another port/,
    );
    assert.deepEqual(await files(), ["elsewhere.conf"]);
    await server.run("systemctl stop holder");
    await destroy(project);
    project.write(program({ taken }));
    assert.deepEqual(await up(project), { create: ["taken"] });
    await destroy(project);
  });

  it("puts a site back when nginx drops the new configuration on reload", async () => {
    // nginx -t opens no UNIX socket where a directory is in the way, and only the reload finds out.
    project.write(program({ wiki: http("wiki") }));
    await up(project);
    await server.run(
      "systemd-run --quiet --unit=holder python3 -c 'import socket,time; s=socket.socket(socket.AF_UNIX); s.bind(\"/run/taken.sock\"); s.listen(); time.sleep(600)'; sleep 1",
    );
    project.write(
      program({ wiki: { ...http("wiki"), config: "server { listen unix:/run/taken.sock; }\n" } }),
    );
    assert.match(
      await upError(project),
      /nginx dropped the new configuration .*put back as it was.*bind\(\) to unix:\/run\/taken\.sock failed/s,
    );
    assert.equal(await file("/etc/nginx/conf.d/wiki.conf"), http("wiki").config);
    assert.equal(await answer("wiki"), "wiki");
    await server.run("systemctl stop holder; rm -f /run/taken.sock");
    await destroy(project);
  });

  it("takes no hostile text that would break nginx for the others", async () => {
    const text = fc.string({
      unit: fc.constantFrom(
        ..."{};#\"'\\$\n \t/*.",
        "server",
        "listen 8090;",
        "include ",
        "http",
        "é",
      ),
      maxLength: 30,
    });
    const hostile = [
      "",
      "}",
      "} http { server { listen 8090; } ",
      "server { listen 8090; } }\nevents {",
      "include /etc/shadow;",
      "include ../nginx.conf;",
      "server { listen 8090; return 200 '\u0001\r\nEND';",
      "load_module modules/nothing.so;",
      "# configuration file /etc/nginx/conf.d/h0.conf:\n",
      ...fc.sample(text, { numRuns: 40, seed: 20240229 }),
    ];
    const sites = Object.fromEntries(
      hostile.map((config, index) => [
        `h${index}`,
        { name: `h${index}`, context: "http" as const, config },
      ]),
    );
    project.write(program({ ...sites, wiki: http("wiki") }));
    const run = await project.up();
    assert.notEqual(run.code, 0, run.output);
    const made = (await files()).filter((name) => name.startsWith("h"));
    const refused = run.errors.filter((error) => error.includes("config is refused by nginx"));
    assert.equal(made.length + refused.length, hostile.length, run.output);
    assert.ok(made.length > 0 && refused.length > 10, `${made.length} were made`);
    assert.deepEqual(await files(), [...made, "wiki.conf"]);
    await server.run("nginx -t 2>&1");
    assert.equal(await answer("wiki"), "wiki");
    await destroy(project);
    assert.deepEqual(await files(), []);
  });

  it("says that nginx does not include the site's folder", async () => {
    await server.run("sed -i 's#^stream .*##' /etc/nginx/nginx.conf && systemctl reload nginx");
    project.write(program({ tcp: stream, wiki: http("wiki") }));
    assert.match(
      await upError(project),
      /\/etc\/nginx\/stream\.d\/tcp\.conf is not part of nginx's configuration: have nginx\.conf say include/,
    );
    assert.deepEqual(await files(), ["wiki.conf"]);
    await server.run(
      "echo 'stream { include /etc/nginx/stream.d/*.conf; }' >>/etc/nginx/nginx.conf",
    );
    assert.deepEqual(await up(project), { create: ["tcp"] });
    await destroy(project);
  });

  it("blames what was broken before on the file that is broken, and still mends and deletes its own", async () => {
    project.write(program({ wiki: http("wiki"), git: http("git") }));
    await up(project);
    await server.run("echo 'nonsense;' >/etc/nginx/conf.d/foreign.conf");
    project.write(program({ wiki: http("wiki", "changed"), git: http("git") }));
    const error = await upError(project);
    assert.match(error, /refuses its configuration also without this site.*foreign\.conf:1/s);
    assert.equal(await file("/etc/nginx/conf.d/wiki.conf"), http("wiki").config);
    assert.deepEqual(await destroy(project), { delete: ["git", "wiki"] });
    assert.deepEqual(await files(), ["foreign.conf"]);
    await server.run("rm /etc/nginx/conf.d/foreign.conf; systemctl reload nginx");
  });

  it("keeps a site that another one needs", async () => {
    const upstream: SiteArgs = {
      name: "up",
      context: "http",
      config: "map $host $app_name { default app; }\n",
    };
    const user: SiteArgs = {
      name: "user",
      context: "http",
      config: "server { listen 8090; return 200 $app_name; }\n",
    };
    project.write(program({ upstream }));
    await up(project);
    project.write(program({ upstream, user }));
    await up(project);
    project.write(program({ user }));
    assert.match(await upError(project), /unknown "app_name" variable/);
    assert.deepEqual(await files(), ["up.conf", "user.conf"]);
    await server.run("nginx -t 2>&1");
    project.write(program({ upstream, user }));
    await up(project);
    project.write(program({ upstream }));
    await up(project);
    await destroy(project);
  });

  it("destroys what is gone already, and without nginx", async () => {
    project.write(program({ wiki: http("wiki"), git: http("git") }));
    await up(project);
    await server.run("rm /etc/nginx/conf.d/wiki.conf; mv /usr/sbin/nginx /usr/sbin/nginx.away");
    const run = await project.destroy();
    await server.run("mv /usr/sbin/nginx.away /usr/sbin/nginx; systemctl reload nginx");
    assert.equal(run.code, 0, run.output);
    assert.deepEqual(await files(), []);
  });

  it("says that nginx is not installed", async () => {
    project.write(program({ wiki: http("wiki") }));
    await server.run("mv /usr/sbin/nginx /usr/sbin/nginx.away");
    const error = await upError(project);
    await server.run("mv /usr/sbin/nginx.away /usr/sbin/nginx");
    assert.match(error, /nginx is not installed on this host: install the package nginx/);
    assert.deepEqual(await files(), []);
  });

  it("refuses a file that somebody else made; with adopt takes it over and gives it back", async () => {
    const foreign = http("wiki", "foreign").config;
    await server.run(
      `cat >/etc/nginx/conf.d/wiki.conf <<'END'\n${foreign}END\nsystemctl reload nginx`,
    );
    project.write(program({ wiki: http("wiki") }));
    assert.match(
      await upError(project),
      /wiki\.conf on root@10\.77\.0\.122 exists already and was not made by this resource/,
    );
    assert.equal(await file("/etc/nginx/conf.d/wiki.conf"), foreign);
    project.write(program({ wiki: { ...http("wiki"), adopt: true } }));
    assert.deepEqual(await up(project), { create: ["wiki"] });
    assert.equal(await answer("wiki"), "wiki");
    await destroy(project);
    assert.equal(await answer("wiki"), "foreign");
    await server.run("rm /etc/nginx/conf.d/wiki.conf; systemctl reload nginx");
  });

  it("imports a site", async () => {
    const { config } = http("wiki", "by hand");
    await server.run(
      `cat >/etc/nginx/conf.d/wiki.conf <<'END'\n${config}END\nsystemctl reload nginx`,
    );
    const id = `root@${server.address}:/etc/nginx/conf.d/wiki.conf`;
    const run = await project.run([
      "import",
      "labwright:nginx:Site",
      "wiki",
      id,
      "--yes",
      "--skip-preview",
      "--stack",
      project.stack,
      "--protect=false",
      "--generate-code=false",
    ]);
    assert.equal(run.code, 0, run.output);
    project.write(program({ wiki: http("wiki", "by hand") }));
    await up(project);
    assert.deepEqual(await refresh(project), {});
    assert.equal(await answer("wiki"), "by hand");
    await destroy(project);
    await server.run("rm -f /etc/nginx/conf.d/wiki.conf");
  });

  const many = Object.fromEntries(
    Array.from({ length: 200 }, (_, index) => [`s${index}`, http(`s${index}`)]),
  );

  it("finishes the job of a killed provider, also when the state knows nothing of it", async () => {
    project.write(program(many));
    await killHalfWay(project, (log) => scripts(log, /^write /) >= 60);
    const made = (await files()).length;
    assert.ok(made > 0 && made < 200, `${made} of 200 were made`);
    assert.deepEqual(changes(await project.apply()), { create: Object.keys(many).sort() });
    assert.equal(await answer("s0"), "s0");
    assert.equal(await answer("s199"), "s199");
    await assertNoChange(project);
    await destroy(project);
  });

  it("makes and deletes 200 sites with a handful of reloads, while a bad one fails alone", async () => {
    // What the engine does at the same time can share a reload; its default follows the number of processors.
    const together = "--parallel=250";
    const before = await reloads();
    project.write(
      program({ ...many, bad: { ...http("bad"), config: "server { listen 8090; nonsense; }\n" } }),
    );
    assert.match(
      await upError(project, together),
      /unknown directive "nonsense" in \/etc\/nginx\/conf\.d\/bad\.conf:1/,
    );
    const made = await reloads();
    assert.equal((await files()).length, 200);
    assert.equal(await answer("s123"), "s123");
    assert.ok(made - before >= 1 && made - before <= 10, `${made - before} reloads`);
    assert.deepEqual(await refresh(project), {});
    await destroy(project, together);
    const deleted = await reloads();
    assert.ok(deleted - made >= 1 && deleted - made <= 10, `${deleted - made} reloads`);
    assert.deepEqual(await files(), []);
  });
});
