/** Whether a merge patch (RFC 7396) has no members. It changes nothing: the resource keeps its version, and its entries stay. */
export function isEmptyPatch(patch: object): boolean {
  return Object.keys(patch).length === 0;
}
