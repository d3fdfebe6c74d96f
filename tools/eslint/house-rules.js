/**
 * ESLint rules for what no published plugin holds: a file opens with a comment that says what it is, every export
 * is documented, and a file is named in kebab-case. Loaded by `eslint.config.js`.
 */
import { basename } from "node:path";

const header = {
  meta: {
    type: "suggestion",
    messages: { missing: "Open the file with a /** comment: what it is, who calls it, what it keeps true." },
  },
  create: (context) => ({
    Program(node) {
      const first = context.sourceCode.getAllComments().find((comment) => comment.type !== "Shebang");
      const start = node.body[0]?.range[0] ?? Infinity;
      if (first?.type !== "Block" || !first.value.startsWith("*") || first.range[0] > start)
        context.report({ loc: { line: 1, column: 0 }, messageId: "missing" });
    },
  }),
};

const documentedExport = {
  meta: {
    type: "suggestion",
    messages: { missing: "Document this export: what it is, shapes, units, errors." },
  },
  create: (context) => ({
    "Program > ExportNamedDeclaration[declaration]"(node) {
      const comment = context.sourceCode.getCommentsBefore(node).at(-1);
      // The later signatures of an overloaded function share the comment of the first one.
      const { body } = context.sourceCode.ast;
      const before = body[body.indexOf(node) - 1];
      const name = node.declaration.id?.name;
      // A type that only carries dependencies needs no comment of its own.
      if (node.declaration.type === "TSInterfaceDeclaration" && name.endsWith("Deps")) return;
      if (name !== undefined && before?.declaration?.id?.name === name) return;
      if (comment?.type !== "Block" || !comment.value.startsWith("*"))
        context.report({ node, messageId: "missing" });
    },
  }),
};

const kebabCase = {
  meta: { type: "suggestion", messages: { bad: "Name the file in kebab-case: {{name}}." } },
  create: (context) => ({
    Program() {
      const name = basename(context.filename);
      if (!/^\.?[a-z0-9]+(?:[-.][a-z0-9]+)*$/.test(name))
        context.report({ loc: { line: 1, column: 0 }, messageId: "bad", data: { name } });
    },
  }),
};

/** The plugin, as the flat configuration wants it. */
export const house = {
  rules: { header, "documented-export": documentedExport, "kebab-case": kebabCase },
};
