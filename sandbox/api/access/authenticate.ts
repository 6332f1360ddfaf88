import type { IncomingMessage } from "node:http";
import { hashSecret, isPassword, isSameText, type AccessConfig } from "./access-store";
import type { Identity } from "./permissions";
import type { Tickets } from "./tickets";

/** Why a request is refused before anything else is looked at; the text is the reason phrase of the 401. */
export class Unauthenticated extends Error {}

const isAlive = ({ enable, expire }: { enable: 0 | 1; expire: number }): boolean =>
  enable === 1 && (expire === 0 || expire * 1000 > Date.now());

/** A value under a name that came from outside; never what every object has. */
const own = <T>(record: Record<string, T>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;

function decoded(cookie: string): string {
  try {
    return decodeURIComponent(cookie);
  } catch {
    return cookie;
  }
}

/** Finds out who sends a request: a ticket in the cookie, or a token in the Authorization header. */
export class Authenticator {
  constructor(
    private readonly config: AccessConfig,
    private readonly tickets: Tickets,
    private readonly passwords: Record<string, string>,
  ) {}

  identify(request: IncomingMessage): Identity {
    const cookie = /(?:^|;\s*)PVEAuthCookie=([^;]*)/.exec(request.headers.cookie ?? "")?.[1];
    const header = /^PVEAPIToken[= ](.*)$/.exec(request.headers.authorization ?? "")?.[1];
    if (cookie !== undefined && cookie !== "") return this.byTicket(decoded(cookie), request);
    if (header !== undefined) return this.byToken(header);
    throw new Unauthenticated("No ticket");
  }

  private byTicket(ticket: string, request: IncomingMessage): Identity {
    const userid = this.tickets.verify(ticket);
    const user = userid === undefined ? undefined : own(this.config.users, userid);
    if (userid === undefined || user === undefined || !isAlive(user))
      throw new Unauthenticated("Authentication failed!");
    const token = request.headers.csrfpreventiontoken;
    const isChange = request.method !== "GET" && request.method !== "HEAD";
    if (isChange && !this.tickets.isCsrfToken(Array.isArray(token) ? token[0] : token, userid))
      throw new Unauthenticated("Permission denied - invalid csrf token");
    return { userid };
  }

  private byToken(text: string): Identity {
    const [, userid = "", tokenid = "", secret = ""] =
      /^([^!]+)!([^=]+)=(.+)$/.exec(text.trim()) ?? [];
    const user = own(this.config.users, userid);
    const token = user === undefined ? undefined : own(user.tokens, tokenid);
    const isGood =
      user !== undefined &&
      token !== undefined &&
      isAlive(user) &&
      isAlive({ enable: 1, expire: token.expire }) &&
      isSameText(token.secret, hashSecret(secret));
    if (!isGood) throw new Unauthenticated("Authentication failed!");
    return { userid, tokenid };
  }

  /** A log-in: with the password, or with a ticket that is still good. */
  isLogin(userid: string, password: string): boolean {
    const user = own(this.config.users, userid);
    if (user === undefined || !isAlive(user)) return false;
    if (password.startsWith("PVE:")) return this.tickets.verify(password) === userid;
    const given = this.passwords[userid];
    if (given !== undefined) return isSameText(given, password);
    return user.password !== undefined && isPassword(password, user.password);
  }
}
