import { insertRows } from './postgres/token-table.ts';
import { createRandom } from './random.ts';

type Value = string | null;

const names = [
  'Mario Rossi',
  "Siobhán O'Neill",
  'Łukasz Żak',
  '山田 太郎',
  'Zoë "Zo" Ünal',
  ' Émile ',
] as const;
const streets = ['Via Roma', 'Straße des 17. Juni', '中央通り', 'C:\\Lane', 'Line 1\nLine 2'] as const;
const regions = ['eu', 'EU', 'us', ''] as const;
const counts = { employees: 30, customers: 70, orders: 100 } as const;

const columns = {
  employees: ['id', 'email', 'full_name', 'tax_id', 'salary', 'born_on', 'photo', 'manager_id'],
  customers: ['region', 'number', 'email', 'phone', 'address', 'preferences', 'served_by'],
  orders: ['id', 'region', 'customer', 'delivery_address', 'total', 'placed_at'],
} as const;

/** The same 200 rows every time, as `INSERT`s for the tables of `fixtures/people`; photos are bytea literals. */
export function peopleRows(): string {
  const random = createRandom(20_261_126);
  const below = (limit: number): number => Math.floor(random() * limit);
  const oneOf = (values: readonly string[]): string => values[below(values.length)] ?? '';
  /** A value that is now and then missing, and now and then empty. */
  const mostly = (value: string): Value => [value, value, value, value, '', null][below(6)] ?? null;
  const address = (): string => `${oneOf(streets)} ${String(1 + below(200))}`;
  const rowsOf = (table: keyof typeof counts, row: (id: number) => readonly Value[]): readonly Value[][] =>
    Array.from({ length: counts[table] }, (_, index) => [...row(index + 1)]);

  const employees = rowsOf('employees', (id) => [
    String(id),
    `Employee.${String(id)}@example.com`,
    oneOf(names),
    mostly(`TAX-${String(below(1e9))}`),
    id % 7 === 0 ? null : `${String(1000 + below(9000))}.${String(10 + below(89))}`,
    id % 5 === 0 ? null : `19${String(50 + below(50))}-02-${String(10 + below(18))}`,
    id % 3 === 0 ? null : `\\x00ff${below(65_536).toString(16).padStart(4, '0')}`,
    id === 1 ? null : String(1 + below(id - 1)),
  ]);
  const customers = rowsOf('customers', (id) => [
    regions[id % regions.length] ?? '',
    String(id),
    mostly(`${oneOf(['ann', 'Böb', 'CY'])}+${String(id)}@example.org`),
    mostly(`+39 06 ${String(below(1e8))}`),
    mostly(address()),
    `{"letter": ${String(id % 2 === 0)}, "name": "${oneOf(['Zoë', 'a b'])}"}`,
    id % 4 === 0 ? null : String(1 + below(counts.employees)),
  ]);
  const orders = rowsOf('orders', (id) => {
    const customer = 1 + below(counts.customers);
    const placedAt = `2025-03-${String(10 + below(18))} 09:08:07.${String(100_000 + below(899_999))}+00:00`;
    const region = regions[customer % regions.length] ?? '';
    return [String(id), region, String(customer), mostly(address()), String(below(1e6) / 64), placedAt];
  });
  return [
    insertRows('employees', columns.employees, employees),
    insertRows('customers', columns.customers, customers),
    insertRows('orders', columns.orders, orders),
    "UPDATE orders SET status = 'paid' WHERE id % 9 = 0;",
  ].join('\n');
}
