/** A block of Ganesha's configuration: parameters by their names in lower case, and the blocks in it. */
export interface Block {
  name: string;
  parameters: Map<string, { name: string; value: string }>;
  blocks: Block[];
}

/** A comment, a quoted text, a mark, or a run of anything else. */
const TOKEN = /#[^\n]*|"(?:\\[\s\S]|[^"\\])*"|'[^']*'|[{}=;]|[^\s{}=;#"']+|\s+/g;

/**
 * The blocks of a configuration file (ganesha-config(8)), as far as they can be made out. Never fails: what is no block is
 * left out, for the caller compares the whole text anyway. Pure.
 */
export function parseBlocks(text: string): Block[] {
  const tokens = [...text.matchAll(TOKEN)]
    .map(([token]) => token)
    .filter((token) => !/^(#|\s)/.test(token));
  const root: Block = { name: "", parameters: new Map(), blocks: [] };
  const open = [root];
  for (let at = 0; at < tokens.length; at++) {
    const block = open.at(-1)!;
    const name = tokens[at]!;
    if (name === "}") {
      if (open.length > 1) open.pop();
    } else if (tokens[at + 1] === "{") {
      const inner: Block = { name: name.toUpperCase(), parameters: new Map(), blocks: [] };
      block.blocks.push(inner);
      open.push(inner);
      at += 1;
    } else if (tokens[at + 1] === "=") {
      const end = tokens.findIndex((token, index) => index > at + 1 && /^[;{}]$/.test(token));
      const value = tokens.slice(at + 2, end < 0 ? undefined : end);
      block.parameters.set(name.toLowerCase(), { name, value: value.map(unquote).join(" ") });
      at = end < 0 ? tokens.length : tokens[end] === ";" ? end : end - 1;
    }
  }
  return root.blocks;
}

function unquote(token: string): string {
  if (token.startsWith("'")) return token.slice(1, -1);
  return token.startsWith('"') ? token.slice(1, -1).replace(/\\([\s\S])/g, "$1") : token;
}
