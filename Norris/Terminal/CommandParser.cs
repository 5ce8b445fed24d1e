using System.Text;
using Norris.Options;
using Norris.Protocol.Membership;

namespace Norris.Terminal;

/// <summary>
/// Understands the lines of a person at a terminal. Lines of a pipe are never commands: what a program prints is sent as it is.
/// <code>
/// line    = "//" text / "/" command [ 1*blank argument ] / text     ; "//" sends a message that begins with "/"
/// command = "quit" / "who" / "name" / "help"
/// </code>
/// </summary>
internal static class CommandParser
{
    /// <summary>What <c>/help</c> answers, one line each.</summary>
    public static IReadOnlyList<string> Help { get; } =
    [
        "/who        who is here",
        "/name NAME  go by another name",
        "/quit       leave (also Ctrl-C, and Ctrl-D on an empty line)",
        "/help       these lines",
        "//...       send a message that begins with /",
    ];

    private static readonly string[] Known = ["/who", "/name", "/quit", "/help"];

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
            "/quit" => WithoutArgument(CommandKind.Quit, word, argument),
            "/help" => WithoutArgument(CommandKind.Help, word, argument),
            "/name" => Rename(argument),
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
