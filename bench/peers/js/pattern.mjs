// Messages of numbers of 32 bits that tell which message they are, and where in it they stand: all
// bytes are written and looked at, and that takes little of the time.

export function fillWords(words, number) {
  for (let at = 0; at < words.length; at++) words[at] = number + at;
}

/** Are these the bytes of that message? */
export function checkBytes({ buffer, byteOffset, byteLength }, number) {
  const words = new Uint32Array(buffer, byteOffset, byteLength / 4);
  for (let at = 0; at < words.length; at++) if (words[at] !== number + at) return false;
  return true;
}
