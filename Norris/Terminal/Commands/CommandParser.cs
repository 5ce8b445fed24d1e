using System.Text;
using Norris.Options;
using Norris.Protocol.Membership;

namespace Norris.Terminal.Commands;

/// <summary>
/// Understands the lines of a person at a terminal. Lines of a pipe are never commands: what a program prints is sent as it is.
/// <code>
/// line    = "//" text / "/me " text / "/" command [ 1*blank argument ] / text   ; "//" sends a message that begins with "/"
/// command = one of <see cref="Known"/>
/// </code>
/// </summary>
internal static class CommandParser
{
    /// <summary>What <c>/help</c> answers, one line each.</summary>
    public static IReadOnlyList<string> Help { get; } =
    [
        "/who          who is here",
        "/whois NAME   more about one of them",
        "/name NAME    go by another name",
        "/me TEXT      say what you do: /me waves",
        "/ignore NAME  show no messages of that member; again, to show them",
        "/host         who is the host, and who comes next",
        "/digest       prove that everybody has the same order",
        "/stats        what this node counts and measures",
        "/clear        empty the screen",
        "/help         these lines",
        "/quit         leave (also Ctrl-C, and Ctrl-D on an empty line)",
        "//...         send a message that begins with /",
        "Keys: Tab completes, Up and Ctrl-R find what you said, Alt-Enter begins a new line, PgUp and PgDn look back",
    ];

    /// <summary>The commands, in the order in which they are completed.</summary>
    public static IReadOnlyList<string> Known { get; } =
        ["/who", "/whois", "/name", "/me", "/ignore", "/host", "/digest", "/stats", "/clear", "/help", "/quit"];

    /// <summary>Understands one line of valid UTF-8.</summary>
    public static Command Parse(ReadOnlyMemory<byte> line)
    {
        if (!line.Span.StartsWith("/"u8))
        {
            return new Command(CommandKind.Say, line);
        }
        if (line.Span.StartsWith("//"u8))
        {
            return new Command(CommandKind.Say, line[1..]);
        }
        string text = Encoding.UTF8.GetString(line.Span);
        int blank = text.AsSpan().IndexOfAny(" \t\n");
        string word = (blank < 0 ? text : text[..blank]).ToLowerInvariant();
        string argument = blank < 0 ? "" : text[blank..].Trim();
        return word switch
        {
            "/who" => WithoutArgument(CommandKind.Who, word, argument),
            "/whois" => argument.Length > 0 ? new Command(CommandKind.Whois, Argument: argument) : Rejected("/whois NAME: about whom? /who lists the names"),
            "/name" => Rename(argument),
            "/me" => argument.Length > 0 ? new Command(CommandKind.Say, line) : Rejected("/me TEXT: say what you do, as in /me waves"),
            "/ignore" => new Command(CommandKind.Ignore, Argument: argument),
            "/host" => WithoutArgument(CommandKind.Host, word, argument),
            "/digest" => WithoutArgument(CommandKind.Digest, word, argument),
            "/stats" => WithoutArgument(CommandKind.Stats, word, argument),
            "/clear" => WithoutArgument(CommandKind.Clear, word, argument),
            "/help" => WithoutArgument(CommandKind.Help, word, argument),
            "/quit" => WithoutArgument(CommandKind.Quit, word, argument),
            _ => Rejected(Unknown(word)),
        };
    }

    private static Command WithoutArgument(CommandKind kind, string word, string argument) =>
        argument.Length == 0 ? new Command(kind) : Rejected($"{word} takes nothing after it");

    private static Command Rename(string name) =>
        DisplayName.IsValid(name) ? new Command(CommandKind.Rename, Argument: name) : Rejected($"/name NAME: a name is {DisplayName.Accepted}");

    private static string Unknown(string word)
    {
        string hint = NearestWord.Find(word, Known) is { } nearest ? $"did you mean {nearest}?" : "/help lists the commands.";
        return $"there is no command {UsageError.Shown(word)}; {hint} To send a line that begins with /, begin it with //.";
    }

    private static Command Rejected(string why) => new(CommandKind.Rejected, Argument: why);
}
