export function withProgress<T>(
  title: string,
  work: Promise<T>,
  options?: { detail?: () => string; stream?: { isTTY?: boolean; write(text: string): unknown } },
): Promise<T>;
