/**
 * Waits for work and writes one line per second meanwhile: `Building … 3 s`. A terminal shows it as one line that changes.
 * @param detail returns what the line adds about the state of the work
 */
export async function withProgress(title, work, { detail = () => '', stream = process.stderr } = {}) {
  const began = performance.now();
  const write = () => {
    const seconds = Math.round((performance.now() - began) / 1_000);
    const line = [`${title} … ${seconds} s`, detail()].filter(Boolean).join(', ');
    stream.write(stream.isTTY ? `\r\u001B[K${line}` : `${line}\n`);
  };
  write();
  const timer = setInterval(write, 1_000);
  try {
    return await work;
  } finally {
    clearInterval(timer);
    if (stream.isTTY) {
      write();
      stream.write('\n');
    }
  }
}
