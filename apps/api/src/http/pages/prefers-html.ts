/** Whether `Accept` (RFC 9110 §12.5.1) names HTML and prefers it to JSON, as browsers do. Wildcards prefer neither. */
export function prefersHtml(accept = ''): boolean {
  const qualities = new Map(
    accept
      .toLowerCase()
      .split(',')
      .map((range) => {
        const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
        const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? '1';
        return [type, Number(quality) || 0];
      }),
  );
  return (qualities.get('text/html') ?? 0) > (qualities.get('application/json') ?? 0);
}
