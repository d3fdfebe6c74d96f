/**
 * Compiles a source file as if another file had been edited, so that a test can show that a forgotten field does not
 * compile. Uses the options of tsconfig.json; nothing is written.
 */
import { resolve } from "node:path";
import ts from "typescript";

const ROOT = resolve(import.meta.dirname, "../..");

/** One edit: in this file, the text `find` (which must occur) becomes `replace`. Paths are relative to the repository. */
export interface PlantedEdit {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** The errors of the compiler in `file` after the edits, without line breaks. @throws if `find` does not occur. */
export function compileErrors(file: string, edits: readonly PlantedEdit[]): readonly string[] {
  const config = ts.readConfigFile(resolve(ROOT, "tsconfig.json"), (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent(
    config.config,
    { ...ts.sys, readDirectory: () => [] },
    ROOT,
  );
  const host = ts.createCompilerHost(options);
  const readFile = host.readFile.bind(host);
  host.readFile = (path) => edits.reduce((text, edit) => applied(text, edit, path), readFile(path));
  const program = ts.createProgram([resolve(ROOT, file)], options, host);
  return program
    .getSemanticDiagnostics(program.getSourceFile(resolve(ROOT, file)))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " "));
}

function applied(
  text: string | undefined,
  { file, find, replace }: PlantedEdit,
  path: string,
): string | undefined {
  if (resolve(path) !== resolve(ROOT, file)) return text;
  if (text?.includes(find) !== true) throw new Error(`${file} does not contain ${find}`);
  return text.replace(find, replace);
}
