/** Something that somebody does by hand on a machine of the stack home, and what a refresh shows of it. */
export interface HandEdit {
  resource: string;
  machine: keyof typeof addresses;
  script: string;
  /** Differing properties, sorted. */
  shows: string[];
}

/** Addresses of the machines in stacks/home.ts. */
export const addresses = {
  netvm1: "10.77.0.53",
  webvm1: "10.77.0.80",
  datavm1: "10.77.0.70",
  appvm1: "10.77.0.90",
};

const psql = (sql: string) => `runuser -u postgres -- psql -Xqc '${sql}'`;

const nsupdate = (zone: string, ...lines: string[]) =>
  `nsupdate -l <<'END'\nzone ${zone}\n${lines.join("\n")}\nsend\nEND`;

/** One hand edit of each kind that the stack has, and that can be edited. */
export const handEdits: Record<string, HandEdit> = {
  "a file's content, owner and mode": {
    resource: "www-file-index.html",
    machine: "webvm1",
    script: `cd /srv/www/www.home.arpa
echo by hand >>index.html; chown www-data:www-data index.html; chmod 0600 index.html`,
    shows: ["content", "group", "mode", "owner"],
  },
  "a directory's owner and mode": {
    resource: "app-git",
    machine: "appvm1",
    script: "chown www-data:www-data /srv/git; chmod 0700 /srv/git",
    shows: ["group", "mode", "owner"],
  },
  "a service that is stopped and disabled": {
    resource: "app-nginx",
    machine: "appvm1",
    script: "systemctl stop nginx; systemctl -q disable nginx",
    shows: ["enabled", "running"],
  },
  "a record's values and time to live": {
    resource: "greeting",
    machine: "netvm1",
    script: nsupdate(
      "home.arpa",
      "update delete home.arpa. TXT",
      'update add home.arpa. 60 TXT "by hand"',
    ),
    shows: ["ttl", "values[0]"],
  },
  "a zone's timers and mailbox": {
    resource: "dns-home.arpa-0.77.10.in-addr.arpa",
    machine: "netvm1",
    script: `zone=0.77.10.in-addr.arpa
set -- $(dig +short @127.0.0.1 "$zone" SOA)
${nsupdate("$zone", "update add $zone. 172800 SOA $1 somebody.home.arpa. $(($3 + 1)) 77 $5 $6 $7").replace("'END'", "END")}`,
    shows: ["adminMailbox", "soa.refresh"],
  },
  "a site's configuration": {
    resource: "wiki",
    machine: "webvm1",
    script: "echo '# by hand' >>/etc/nginx/conf.d/wiki.home.arpa.conf",
    shows: ["config"],
  },
  "a site that is passed through": {
    resource: "git",
    machine: "webvm1",
    script: "echo 'by.hand.home.arpa 10.77.0.90:8443;' >>/etc/nginx/stream.d/git.home.arpa.conf",
    shows: ["config"],
  },
  "a certificate's key that others may read": {
    resource: "wiki-certificate",
    machine: "webvm1",
    script: "chmod 0644 /etc/ssl/labwright/wiki.home.arpa/key.pem",
    shows: ["problem"],
  },
  "the authority's key that others may read": {
    resource: "ca",
    machine: "netvm1",
    script: "chmod 0644 /var/lib/labwright/ca/ca/key.pem",
    shows: ["problem"],
  },
  "a role's limit and password": {
    resource: "guestbook-owner",
    machine: "datavm1",
    script: psql("ALTER ROLE guestbook CONNECTION LIMIT 3 PASSWORD $$by hand$$"),
    shows: ["connectionLimit", "password"],
  },
  "a database's limit": {
    resource: "guestbook",
    machine: "datavm1",
    script: psql("ALTER DATABASE guestbook CONNECTION LIMIT 2"),
    shows: ["connectionLimit"],
  },
  "a user's shell, comment and keys": {
    resource: "deploy",
    machine: "appvm1",
    script:
      "usermod -s /bin/bash -c 'by hand' deploy; sed -i /^ssh-ed25519/d /home/deploy/.ssh/authorized_keys",
    shows: ["authorizedKeys[0]", "comment", "shell"],
  },
};

/** What somebody deletes by hand: resources that a refresh finds gone. */
export const handDeletions: Record<string, Omit<HandEdit, "shows"> & { also?: string[] }> = {
  "a zone with its records": {
    resource: "dns-home.arpa",
    machine: "netvm1",
    script: "rndc delzone -clean home.arpa",
    also: [
      "appvm1-a",
      "datavm1-a",
      "echo-dns",
      "git-dns",
      "greeting",
      "webvm1-a",
      "wiki-dns",
      "www-dns",
    ],
  },
  "a site's file": {
    resource: "www",
    machine: "webvm1",
    script: "rm /etc/nginx/conf.d/www.home.arpa.conf; systemctl reload nginx",
  },
  "a client's access to the database": {
    resource: "guestbook-owner-from-10.77.0.90/32",
    machine: "datavm1",
    script:
      "sed -i '/10[.]77[.]0[.]90/d' /etc/postgresql/15/main/pg_hba.conf; systemctl reload postgresql",
  },
  "a package": {
    resource: "appvm1-tree",
    machine: "appvm1",
    script: "DEBIAN_FRONTEND=noninteractive apt-get -qq remove -y tree >/dev/null",
  },
  "a user": { resource: "deploy", machine: "appvm1", script: "userdel -r deploy 2>/dev/null" },
  "a directory with a file in it": {
    resource: "app-git",
    machine: "appvm1",
    script: "rm -r /srv/git",
    also: ["app-git-page"],
  },
};
