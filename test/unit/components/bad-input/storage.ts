import { GaneshaServer, KernelNfsServer, NfsShare } from "../../../../components";
import { host } from "../lab-parts";
import { ganesha, kernelNfs, mount, type Row, share, wrong } from "./spoilt";

const path = (value: string) => `NfsShare "media": path is ${JSON.stringify(value)}`;
const client = (value: unknown) => share({ clients: [wrong(value)] });

export const storage: Row[] = [
  // KernelNfsServer
  [
    "a server at a name",
    kernelNfs({ address: "nas.home.arpa" }),
    'KernelNfsServer "nfs": address is "nas.home.arpa": use an IPv4 or IPv6 address such as 10.77.0.53 or fd00:77::53',
  ],
  ["no threads", kernelNfs({ threads: 0 }), 'KernelNfsServer "nfs": threads is 0: use 1-1024'],
  [
    "threads as a text",
    kernelNfs({ threads: wrong("8") }),
    'KernelNfsServer "nfs": threads is "8": use 1-1024',
  ],
  [
    "a setting that an argument says",
    kernelNfs({ settings: { nfsd: { threads: "4" } } }),
    'KernelNfsServer "nfs": settings.nfsd.threads is "4": leave it out: threads and version3 say it',
  ],
  [
    "a section that closes its bracket",
    kernelNfs({ settings: { "a]\n[b": { c: "1" } } }),
    'KernelNfsServer "nfs": settings.a]\n[b.c is "1": use a section and a name of nfs.conf(5), such as nfsd, grace-time',
  ],
  [
    "a setting on two lines",
    kernelNfs({ settings: { nfsd: { host: "a\nb" } } }),
    'KernelNfsServer "nfs": settings.nfsd.host is "a\\nb": use letters, digits, spaces and / _ . : , + -',
  ],
  // GaneshaServer
  [
    "a grace of more than an hour",
    ganesha({ graceSeconds: 3601 }),
    'GaneshaServer "nfs": graceSeconds is 3601: use a whole number of seconds, 0-3600',
  ],
  [
    "an export in the server's settings",
    ganesha({ settings: { Export: { Path: "etc" } } }),
    'GaneshaServer "nfs": settings.Export.Path is "etc": leave it out: the server\'s and the shares\' own arguments say it',
  ],
  [
    "a parameter that an argument says",
    ganesha({ settings: { NFSv4: { graceless: "true" } } }),
    'GaneshaServer "nfs": settings.NFSv4.graceless is "true": leave it out: the server\'s and the shares\' own arguments say it',
  ],
  [
    "a parameter that ends its block",
    ganesha({ settings: { MDCACHE: { Entries_HWMark: "1; } EXPORT { " } } }),
    'GaneshaServer "nfs": settings.MDCACHE.Entries_HWMark is "1; } EXPORT { ": use one word, or several with commas between them',
  ],
  [
    "a block with a space",
    ganesha({ settings: { "MD CACHE": { a: "1" } } }),
    'GaneshaServer "nfs": settings.MD CACHE.a is "1": use the names of a block and a parameter, such as MDCACHE, Entries_HWMark',
  ],
  // NfsShare
  [
    "a relative directory",
    share({ path: "srv" }),
    `${path("srv")}: use an absolute path such as /etc/motd`,
  ],
  ["the root directory", share({ path: "/" }), `${path("/")}: use a path below /`],
  [
    "a directory that climbs",
    share({ path: "/srv/../etc" }),
    `${path("/srv/../etc")}: leave out . and ..`,
  ],
  [
    "a directory with a backslash",
    share({ path: "/srv/a\\040b" }),
    `${path("/srv/a\\040b")}: use a path without a backslash: NFS servers misread it`,
  ],
  [
    "a directory with a line break",
    share({ path: "/srv/a\n/etc *(rw)" }),
    `${path("/srv/a\n/etc *(rw)")}: leave out control characters`,
  ],
  [
    "nobody who may mount it",
    share({ clients: [] }),
    'NfsShare "media": clients is []: give at least one machine, address or network',
  ],
  [
    "clients that are no list",
    share({ clients: wrong("10.77.0.90") }),
    'NfsShare "media": clients is "10.77.0.90": give at least one machine, address or network',
  ],
  [
    "a client by name",
    client("app.home.arpa"),
    'NfsShare "media": clients[0] is "app.home.arpa": use an IPv4 or IPv6 address such as 10.77.0.53 or fd00:77::53',
  ],
  [
    "a network with host bits",
    client("10.77.0.5/24"),
    'NfsShare "media": clients[0] is "10.77.0.5/24": use the network\'s first address: 10.77.0.0/24',
  ],
  [
    "everybody as an address",
    client("0.0.0.0"),
    'NfsShare "media": clients[0] is "0.0.0.0": use a network, such as 10.77.0.0/24, or 0.0.0.0/0 for everybody',
  ],
  [
    "a client that is nobody",
    client({ access: "rw" }),
    'NfsShare "media": clients[0].host is missing: say who it is: host, address or network',
  ],
  [
    "a client that is two",
    client({ address: "10.77.0.90", network: "10.77.0.0/24" }),
    'NfsShare "media": clients[0].network is "10.77.0.0/24": leave it out: address says who it is',
  ],
  [
    "a client with a field of another name",
    client({ address: "10.77.0.90", mode: "rw" }),
    'NfsShare "media": clients[0].mode is "": leave it out: a client has host, address, network, access, squash, anonymousUid, anonymousGid, security, privilegedPort',
  ],
  [
    "the same client twice, spelled in two ways",
    share({ clients: ["fd00:77::1", { network: "fd00:77:0::1/128" }] }),
    'NfsShare "media": clients[1] is "fd00:77::1": leave it out: clients[0] is the same',
  ],
  [
    "an access that there is not",
    share({ access: wrong("write") }),
    'NfsShare "media": access is "write": use rw or ro',
  ],
  [
    "a client's squash that there is not",
    client({ address: "10.77.0.90", squash: "root_squash" }),
    'NfsShare "media": clients[0].squash is "root_squash": use root or all or none',
  ],
  [
    "a user id that means nobody at all",
    share({ anonymousUid: 4294967295 }),
    'NfsShare "media": anonymousUid is 4294967295: use 0-4294967294',
  ],
  [
    "no way to say who one is",
    share({ security: [] }),
    'NfsShare "media": security is []: give at least one, such as sys',
  ],
  [
    "a mode of three digits",
    share({ mode: "755" }),
    'NfsShare "media": mode is "755": use four octal digits, such as "0755"',
  ],
  [
    "an owner by number",
    share({ owner: "1000" }),
    'NfsShare "media": owner is "1000": use a lower-case letter, then letters, digits, - or _, at most 32',
  ],
  [
    "to delete the data of a directory of the system",
    share({ path: "/home", deleteData: true }),
    'NfsShare "media": deleteData is true: use false for /home, or a directory deeper down',
  ],
  [
    "an option that a client's field says",
    share({ settings: { no_root_squash: "" } }),
    'NfsShare "media": settings.no_root_squash is "": leave it out: the share\'s clients say it by their own fields',
  ],
  [
    "an option that ends the list",
    share({ settings: { crossmnt: ") *(rw" } }),
    'NfsShare "media": settings.crossmnt is ") *(rw": use one word, or "" for an option that has no value',
  ],
  [
    "a parameter of Ganesha that the share says",
    () =>
      share({
        server: new GaneshaServer("nfs", { host: host() }),
        settings: { Squash: "None" },
      })(),
    'NfsShare "media": settings.Squash is "None": leave it out: the share says it by its own fields',
  ],
  [
    "a directory that the server shares already",
    () => {
      const server = new KernelNfsServer("nfs", { host: host() });
      new NfsShare("first", { server, path: "/srv/media", clients: ["10.77.0.91"] });
      share({ server })();
    },
    'NfsShare "media": path is "/srv/media": share "first" of this server has it: add the clients there',
  ],
  [
    "all of a share's problems at once",
    share({ path: "srv", mode: "rwx", clients: ["nas", "10.0.0.1/8"], squash: wrong(1) }),
    `NfsShare "media": 5 problems
  - path is "srv": use an absolute path such as /etc/motd
  - mode is "rwx": use four octal digits, such as "0755"
  - squash is 1: use root or all or none
  - clients[0] is "nas": use an IPv4 or IPv6 address such as 10.77.0.53 or fd00:77::53
  - clients[1] is "10.0.0.1/8": use the network's first address: 10.0.0.0/8`,
  ],
  // NfsMount
  [
    "a relative mount point",
    mount({ at: "media" }),
    'NfsMount "media": at is "media": use an absolute path such as /etc/motd',
  ],
  [
    "nothing to mount",
    mount({ server: undefined, path: undefined }),
    'NfsMount "media": share is missing: say what to mount: a share, or server and path',
  ],
  [
    "a server without a path",
    mount({ path: undefined }),
    'NfsMount "media": path is missing: use an absolute path such as /etc/motd',
  ],
  [
    "a server that is no address",
    mount({ server: "10.77.0" }),
    'NfsMount "media": server is "10.77.0": use an IP address, or a name with its domain such as nas.home.arpa',
  ],
  [
    "a share and a server",
    () => {
      const server = new KernelNfsServer("nfs", { host: host("nas", "10.77.0.20") });
      const media = new NfsShare("films", { server, path: "/srv/films", clients: ["10.77.0.7"] });
      mount({ share: media, server: "10.77.0.20", path: "/srv/films" })();
    },
    `NfsMount "media": 2 problems
  - server: leave it out: share says it already
  - path: leave it out: share says it already`,
  ],
  [
    "a version that there is not",
    mount({ version: wrong(4) }),
    'NfsMount "media": version is 4: use "3", "4", "4.0", "4.1" or "4.2"',
  ],
  [
    "a time-out of no seconds",
    mount({ timeoutSeconds: 0 }),
    'NfsMount "media": timeoutSeconds is 0: use a whole number of seconds, 1-3600',
  ],
  [
    "an idle time without automount",
    mount({ automount: false, idleTimeoutSeconds: 60 }),
    'NfsMount "media": idleTimeoutSeconds is 60: use it with automount only',
  ],
  [
    "two options in one",
    mount({ options: ["noatime,ro"] }),
    'NfsMount "media": options[0] is "noatime,ro": use one option of nfs(5), such as noatime, without white space and commas',
  ],
  [
    "an option that an argument says",
    mount({ options: ["vers=3"] }),
    'NfsMount "media": options[0] is "vers=3": leave it out: the mount says it by its own arguments',
  ],
  [
    "an option for /etc/fstab",
    mount({ options: ["x-systemd.automount"] }),
    'NfsMount "media": options[0] is "x-systemd.automount": leave it out: the mount says it by its own arguments',
  ],
  [
    "a mount point with control characters",
    mount({ at: "/a\tb" }),
    'NfsMount "media": at is "/a\\tb": leave out control characters',
  ],
  [
    "a path with a backslash",
    mount({ path: "/a\\b" }),
    'NfsMount "media": path is "/a\\\\b": use a path without a backslash: NFS servers misread it',
  ],
  [
    "automount as a text",
    mount({ automount: wrong("yes") }),
    'NfsMount "media": automount is "yes": use true or false',
  ],
  [
    "options that are numbers",
    mount({ options: [wrong(1)] }),
    'NfsMount "media": options[0] is 1: use one option of nfs(5), such as noatime, without white space and commas',
  ],
  [
    "all of a mount's problems at once",
    mount({ at: "a", path: "b", version: wrong("5") }),
    `NfsMount "media": 3 problems
  - at is "a": use an absolute path such as /etc/motd
  - path is "b": use an absolute path such as /etc/motd
  - version is "5": use "3", "4", "4.0", "4.1" or "4.2"`,
  ],
];
