// Bytes that tell which message they are, and where in it they stand.

export function fillBytes(bytes, number) {
  for (let at = 0; at < bytes.length; at++) bytes[at] = number + at;
}

export function checkBytes(bytes, number) {
  for (let at = 0; at < bytes.length; at++) if (bytes[at] !== ((number + at) & 255)) return false;
  return true;
}
