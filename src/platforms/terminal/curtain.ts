/** The stream as it is, except that nothing is written while it is hidden: readline then keeps a typed line without showing it. */
export function curtained(stream: NodeJS.WritableStream, isHidden: () => boolean): NodeJS.WritableStream {
  return new Proxy(stream, {
    get(target, key) {
      if (key === "write" && isHidden()) return () => true;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
