/** Returns the text of a field of the submitted form. */
export function textOf({ currentTarget }: Event, field: string): string {
  const input = currentTarget instanceof HTMLFormElement ? currentTarget.elements.namedItem(field) : undefined;
  return input instanceof HTMLInputElement ? input.value : '';
}
