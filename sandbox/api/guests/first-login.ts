/** What a container was given when it was made and no option keeps. */
export interface FirstLogin {
  sshKeys: string[];
  /** A crypt hash. */
  password?: string;
}
