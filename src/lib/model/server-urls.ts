/** What stands before, in and behind the list of hosts of a server's URL. */
const urlParts = /^(?<before>postgres(?:ql)?:\/\/(?:[^/?#]*@)?)(?<hosts>[^/?#]*)(?<behind>.*)$/isu;

/** One URL for each of the servers that a URL names, as in `postgres://user@db1,db2:5433/fleet`; one for most. */
export function serverUrls(url: string): readonly string[] {
  const { before = '', hosts, behind = '' } = urlParts.exec(url)?.groups ?? {};
  return hosts === undefined ? [url] : hosts.split(',').map((host) => before + host + behind);
}

/** One URL for servers whose URLs differ in nothing but their hosts; the inverse of `serverUrls`. */
export function joinServerUrls(urls: readonly string[]): string {
  const hosts = urls.map((url) => urlParts.exec(url)?.groups?.['hosts'] ?? '').join(',');
  const { before, behind } = urlParts.exec(urls[0] ?? '')?.groups ?? {};
  return before === undefined ? (urls[0] ?? '') : `${before}${hosts}${behind ?? ''}`;
}
