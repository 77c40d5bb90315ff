/** A size of a long run, or another one from the environment for a quick look. Throws where that is no whole number from 1 on. */
export function sizeOf(name: string, usual: number): number {
  const size = Number(process.env[name] ?? usual);
  if (!Number.isSafeInteger(size) || size < 1) throw new Error(`${name}: expected a whole number from 1 on, found "${process.env[name]}"`);
  return size;
}
