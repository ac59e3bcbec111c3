/** The value that all contenders serve. */
export interface User {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly version: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Left out when the user has none. */
  readonly orders?: readonly Order[];
}

interface Order {
  readonly id: string;
  readonly product: string;
  readonly quantity: number;
  readonly price: number;
  readonly deliverTo: { readonly street: string; readonly city: string };
}

export interface UserState {
  /** @default 1 */
  readonly version?: number | undefined;
  /** The number of orders. @default none */
  readonly orders?: number;
}

export const TTL_MS = 3_600_000;

const ID = '0b6b0ad0-8a3c-4a1b-9c3e-';
const DATE = '2026-01-01T00:00:00.000Z';

export function userWith(id: string, { version = 1, orders = 0 }: UserState = {}): User {
  const user = { id, name: 'Ada Lovelace', email: 'ada@example.org', version, createdAt: DATE, updatedAt: DATE };
  return orders === 0 ? user : { ...user, orders: Array.from({ length: orders }, (_, index) => orderWith(index)) };
}

/** About 200 bytes as JSON. */
function orderWith(index: number): Order {
  return {
    id: idWith(index),
    product: `Analytical engine, model ${1_000 + index}, with a printer`,
    quantity: 1 + (index % 9),
    price: 129.9 + index,
    deliverTo: { street: `${index} St James's Square`, city: 'London' },
  };
}

/** Returns the ids of the first `count` users. */
export function userIds(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => idWith(index));
}

/** Returns the beginning of ids that no other run uses. Eight digits complete one. */
export function idsOfRun(run: number): string {
  return ID + String(run).padStart(4, '0');
}

function idWith(index: number): string {
  return ID + String(index).padStart(12, '0');
}

/** The user of the contenders that serve a constant. */
export const USER = userWith(idWith(0));
