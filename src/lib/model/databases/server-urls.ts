/** A server's URL in pieces. */
export interface ServerUrlParts {
  /** The scheme, and perhaps a user with a password: `postgres://me:...@`. */
  readonly before: string;
  /** One for most, several divided by commas, or none. */
  readonly hosts: string;
  /** The name of the database, and parameters. */
  readonly behind: string;
}

const urlParts = /^(?<before>postgres(?:ql)?:\/\/(?:[^/?#]*@)?)(?<hosts>[^/?#]*)(?<behind>.*)$/isu;

/** Takes a server's URL apart at its hosts; undefined: it is none. */
export function splitServerUrl(url: string): ServerUrlParts | undefined {
  const { before, hosts, behind } = urlParts.exec(url)?.groups ?? {};
  return before === undefined || hosts === undefined || behind === undefined
    ? undefined
    : { before, hosts, behind };
}

/** One URL for each of the servers that a URL names, as in `postgres://user@db1,db2:5433/fleet`; one for most. */
export function serverUrls(url: string): readonly string[] {
  const parts = splitServerUrl(url);
  return parts ? parts.hosts.split(',').map((host) => parts.before + host + parts.behind) : [url];
}

/** One URL for servers whose URLs differ in nothing but their hosts; the inverse of `serverUrls`. */
export function joinServerUrls(urls: readonly string[]): string {
  const [first = ''] = urls;
  const parts = splitServerUrl(first);
  const hosts = urls.map((url) => splitServerUrl(url)?.hosts ?? '').join(',');
  return parts ? parts.before + hosts + parts.behind : first;
}
