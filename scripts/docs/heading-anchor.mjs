/** Returns the anchor of a heading as GitHub makes it, so that a link works on GitHub and on the site. */
export function headingAnchor(heading) {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_\- ]/gu, '')
    .replaceAll(' ', '-');
}
