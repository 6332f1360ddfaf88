import { ssh } from "../../support/machine";
import { startTestMachine, type TestMachine } from "../../support/test-machine";

/** A machine with PostgreSQL's own questions and answers. */
export interface PostgresMachine extends TestMachine {
  /** Runs statements as the superuser over the Unix socket; gives what they print, without the line break at the end. */
  sql(statements: string, database?: string): Promise<string>;
}

/** A machine at 10.77.0.NUMBER, for a server that the test makes. */
export async function startPostgresMachine(name: string, number: number): Promise<PostgresMachine> {
  const machine = await startTestMachine(name, number);
  return {
    ...machine,
    sql: async (statements, database = "postgres") =>
      (
        await machine.run(`cat >/tmp/statements <<'END-OF-STATEMENTS'
${statements}
END-OF-STATEMENTS
cd / && PGDATABASE='${database.replaceAll("'", `'\\''`)}' runuser -u postgres -- psql -XqAt -v ON_ERROR_STOP=1 -f - </tmp/statements`)
      ).replace(/\n$/, ""),
  };
}

/** What psql on a machine says over TCP: the answer to the statement, or the server's refusal. */
export async function connect(
  from: { address: string },
  url: string,
  statement = "select 'in'",
): Promise<string> {
  const { username, password, hostname, port, pathname } = new URL(url);
  const decoded = [username, password, pathname.slice(1)].map(decodeURIComponent);
  const words = decoded.map((word) => `'${word.replaceAll("'", `'\\''`)}'`);
  const said = await ssh(
    from,
    `export PGUSER=${words[0]} PGPASSWORD=${words[1]} PGDATABASE=${words[2]} PGHOST=${hostname} PGPORT=${port} PGCONNECT_TIMEOUT=5
psql -XqAt -v ON_ERROR_STOP=1 -f - 2>&1 <<'END' || :
${statement};
END`,
  );
  return said.trim();
}
