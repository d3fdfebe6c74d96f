/**
 * `podkey completion bash|zsh|fish`: a script for the shell, made from the commands and flags of the program, so that it
 * offers only what podkey takes. Offers the values of flags that take one of a fixed set.
 */
import type { Command } from "commander";
import { OPTIONS } from "../../config/schema/schema.ts";
import { addExamples } from "../run/add-examples.ts";
import type { CliDeps } from "../run/cli-deps.ts";
import { CliError, EXIT } from "../run/cli-deps.ts";

const SHELLS = ["bash", "zsh", "fish"] as const;

/** The words that may follow a command path: `podkey` to the commands, `podkey list` to its flags. */
type Words = ReadonlyMap<string, readonly string[]>;

/** Adds the command. */
export function registerCompletionCommand(program: Command, deps: CliDeps): void {
  const command = program
    .command("completion <shell>")
    .description("print a completion script for bash, zsh or fish");
  addExamples(command, [
    ["complete in this bash", "completion bash > podkey.bash && source podkey.bash"],
    ["complete in each new fish", "completion fish > ~/.config/fish/completions/podkey.fish"],
  ]);
  command.action(async (shell: string) => {
    const words = collectWords(program);
    switch (shell) {
      case "bash":
        return deps.stdout.write(bashScript(words));
      case "zsh":
        // zsh runs bash's completion functions unchanged.
        return deps.stdout.write(`autoload -U +X bashcompinit && bashcompinit\n${bashScript(words)}`);
      case "fish":
        return deps.stdout.write(fishScript(words));
      default:
        throw new CliError(`no completion exists for ${shell}; use ${SHELLS.join(", ")}`, EXIT.usage);
    }
  });
}

function collectWords(program: Command): Words {
  const words = new Map<string, readonly string[]>();
  const visit = (command: Command, path: string): void => {
    words.set(path, [
      ...command.commands.map((child) => child.name()),
      ...command.options.filter((option) => !option.hidden).flatMap((option) => option.long ?? []),
    ]);
    for (const child of command.commands) visit(child, `${path} ${child.name()}`);
  };
  visit(program, program.name());
  return words;
}

/** Flags that take one of a few words: `--source` to kubernetes, manifests, volume. */
function choices(): readonly (readonly [string, readonly string[]])[] {
  return [
    ["--source", OPTIONS.source.codec.placeholder.split("|")],
    ["--audit", OPTIONS.audit.codec.placeholder.split("|")],
    ["--log-level", OPTIONS.logLevel.codec.placeholder.split("|")],
    ["--log-format", OPTIONS.logFormat.codec.placeholder.split("|")],
  ];
}

function bashScript(words: Words): string {
  const cases = [...words].map(([path, next]) => `    "${path}") words="${next.join(" ")}" ;;`);
  const values = choices().map(([flag, next]) => `    ${flag}) words="${next.join(" ")}" ;;`);
  return `# podkey completion: source <(podkey completion bash)
_podkey() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" path="podkey" word words=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) break ;; *) path="$path $word" ;; esac
  done
  case "$path" in
${cases.join("\n")}
  esac
  case "$previous" in
${values.join("\n")}
    --config|--kubeconfig|--token-file|--manifests|--volume|--write) words="" ;;
  esac
  if [ -n "$words" ]; then COMPREPLY=($(compgen -W "$words" -- "$current")); else COMPREPLY=($(compgen -f -- "$current")); fi
}
complete -F _podkey podkey
`;
}

function fishScript(words: Words): string {
  const lines = [...words].flatMap(([path, next]) => {
    const [, ...commands] = path.split(" ");
    const when =
      commands.length === 0
        ? "__fish_use_subcommand"
        : commands.map((command) => `__fish_seen_subcommand_from ${command}`).join("; and ");
    return next.map((word) =>
      word.startsWith("--")
        ? `complete -c podkey -n '${when}' -l ${word.slice(2)}`
        : `complete -c podkey -n '${when}' -f -a ${word}`,
    );
  });
  const values = choices().map(
    ([flag, next]) => `complete -c podkey -l ${flag.slice(2)} -x -a '${next.join(" ")}'`,
  );
  return `# podkey completion: podkey completion fish | source\n${[...lines, ...values].join("\n")}\n`;
}
