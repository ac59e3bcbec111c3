/** Ends a script with one sentence on a Node that cannot run the application. Import it first. */
const [major] = process.versions.node.split('.', 1);

if (Number(major) < 24) {
  console.error(`Nuthatch needs Node 24 or newer, and this is ${process.version}. Install it from https://nodejs.org.`);
  process.exit(1);
}
