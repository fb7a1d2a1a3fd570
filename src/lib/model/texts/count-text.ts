/** A number with thousands separators, the same in every locale: `1,234,567`. */
export function countText(count: number | bigint): string {
  return String(count).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
}
