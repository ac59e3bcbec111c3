/**
 * Whether npm's own record of what it installed (node_modules/.package-lock.json) is what the lock file asks for.
 * Optional packages may be absent, as most are for other platforms, but what is there must be the right version.
 */
export function isInstalled(lock, record) {
  if (!record) return false;
  const wanted = Object.entries(lock.packages).filter(([path]) => path !== '');
  return (
    wanted.every(([path, entry]) => matches(entry, record.packages[path])) &&
    Object.keys(record.packages).every((path) => path in lock.packages)
  );
}

function matches(wanted, installed) {
  if (!installed) return wanted.optional === true;
  return wanted.version === installed.version && wanted.integrity === installed.integrity;
}
