// Reads a JSON list of blocks of JavaScript, and answers with a list of what is
// wrong with each. A block is a module, or else the body of a function.
import { readFileSync } from "node:fs";
import { SourceTextModule } from "node:vm";

const fault = (code) => {
  try {
    new SourceTextModule(code);
    return "";
  } catch (error) {
    return `${error.name}: ${error.message}`;
  }
};
const blocks = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(blocks.map((code) => fault(code) && fault(`async () => {\n${code}\n}`) && fault(code))));
