using System.Text;

namespace Norris.Options;

/// <summary>What shells are to know to complete a command line of norris, as <c>--completion</c> prints it, built from <see cref="KnownOption.All"/>.</summary>
internal static class ShellCompletion
{
    /// <summary>The shells that there is one for.</summary>
    public static IReadOnlyList<string> Shells { get; } = ["bash", "zsh", "fish"];

    /// <summary>The completion for a shell of <see cref="Shells"/>.</summary>
    public static string For(string shell) => shell switch
    {
        "bash" => Bash(),
        "zsh" => Zsh(),
        "fish" => Fish(),
        _ => throw new ArgumentException($"no completion for {shell}", nameof(shell)),
    };

    // Readline splits at = and :, so --output=json comes as three words, and so does an address.
    private static string Bash()
    {
        var script = new StringBuilder("""
            # bash completion for norris
            _norris() {
              local current=${COMP_WORDS[COMP_CWORD]} before=
              [ "$COMP_CWORD" -lt 1 ] || before=${COMP_WORDS[COMP_CWORD-1]}
              if [ "$current" = = ]; then
                current=
              elif [ "$before" = = ] && [ "$COMP_CWORD" -ge 2 ]; then
                before=${COMP_WORDS[COMP_CWORD-2]}
              fi
              COMPREPLY=()
              case $before in

            """);
        foreach (KnownOption option in KnownOption.All.Where(static option => option.Choices.Count > 0))
        {
            script.Append($"    {option.Name}) COMPREPLY=($(compgen -W '{string.Join(' ', option.Choices)}' -- \"$current\")) ;;\n");
        }
        foreach (KnownOption option in KnownOption.All.Where(static option => option.IsFile))
        {
            script.Append($"    {option.Name}) COMPREPLY=($(compgen -f -- \"$current\")) ;;\n");
        }
        script.Append($"    {Names(static option => option.Value is not null && option.Choices.Count == 0 && !option.IsFile)}) ;;\n");
        script.Append($"    *) COMPREPLY=($(compgen -W '{string.Join(' ', KnownOption.All.Select(static option => option.Name))}' -- \"$current\")) ;;\n");
        script.Append("""
              esac
            }
            complete -o filenames -o nosort -F _norris norris 2>/dev/null || complete -F _norris norris

            """);
        return script.ToString();
    }

    private static string Zsh()
    {
        var script = new StringBuilder("#compdef norris\n_arguments -S \\\n");
        foreach (KnownOption option in KnownOption.All)
        {
            string repeats = option.Repeats ? "*" : "";
            string summary = option.Details.Split(". ")[0].TrimEnd('.').Replace("'", "'\\''", StringComparison.Ordinal).Replace("[", "\\[", StringComparison.Ordinal).Replace("]", "\\]", StringComparison.Ordinal);
            string action = option.Value is null ? ""
                : option.Choices.Count > 0 ? $":{option.Value.ToLowerInvariant()}:({string.Join(' ', option.Choices)})"
                : option.IsFile ? $":{option.Value.ToLowerInvariant()}:_files"
                : $":{option.Value.Replace(":", "\\:", StringComparison.Ordinal)}: ";
            script.Append($"  '{repeats}{option.Name}{(option.Value is null ? "" : "=")}[{summary}]{action}' \\\n");
        }
        return script.Append("  && return 0\n").ToString();
    }

    private static string Fish()
    {
        var script = new StringBuilder("# fish completion for norris\ncomplete -c norris -f\n");
        foreach (KnownOption option in KnownOption.All)
        {
            string name = option.Name.StartsWith("--", StringComparison.Ordinal) ? $"-l {option.Name[2..]}" : $"-s {option.Name[1..]}";
            string value = option.Value is null ? "" : option.IsFile ? " -r -F" : option.Choices.Count > 0 ? $" -x -a '{string.Join(' ', option.Choices)}'" : " -x";
            string summary = option.Details.Split(". ")[0].TrimEnd('.').Replace("'", "\\'", StringComparison.Ordinal);
            script.Append($"complete -c norris {name}{value} -d '{summary}'\n");
        }
        return script.ToString();
    }

    private static string Names(Func<KnownOption, bool> which) => string.Join('|', KnownOption.All.Where(which).Select(static option => option.Name));
}
