using System.Globalization;
using System.Text;

namespace Norris.Options;

/// <summary>
/// The manual page, as <c>--man</c> prints it and <c>make install</c> installs it, built from <see cref="KnownOption.All"/>: troff with the macros of
/// man(7).
/// </summary>
internal static class ManualPage
{
    private static readonly (string Command, string What)[] Examples =
    [
        ("norris --listen 0.0.0.0:7000", "Starts a network that other machines can join."),
        ("norris --listen 0.0.0.0:7000 --join 192.0.2.1:7000", "Joins it through one of its members."),
        ("norris --join 192.0.2.1:7000 --listen 127.0.0.1:0", "Joins it without a fixed port."),
        ("uptime | norris --listen 127.0.0.1:0 --join localhost:7000 --output none", "Says a line and leaves."),
        ("norris --headless --output json --listen 0.0.0.0:7000", "Runs without a person, and prints what happens for a program to read."),
        ("curl -d 'hello' localhost:7000/v1/messages", "Says something as the node on this machine."),
    ];

    /// <summary>The page.</summary>
    /// <param name="version">Of the program, as in <c>0.1.0</c>.</param>
    /// <param name="commands">What <c>/help</c> answers: a command and what it does, with two blanks or more between them.</param>
    public static string Of(string version, IReadOnlyList<string> commands)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $".TH NORRIS 1 \"\" \"Norris {version}\" \"User Commands\"\n");
        Section(page, "NAME", "norris \\- group chat with no server: everybody sees every message in one order\n");
        Section(page, "SYNOPSIS", ".B norris\n[\\fIOPTION\\fR...]\n");
        Section(page, "DESCRIPTION", """
            Starts a node. Without
            .B \-\-join
            it begins a network and is its host, which orders what is said; with it, it joins the network of the members that are named, through
            whichever of them answers. When the host leaves or dies, the most senior of the others goes on; nothing that was said is lost or doubled.
            .PP
            At a terminal, lines that are typed are messages, and those that begin with / are commands. Where standard input is no terminal, each of its lines is a
            message, and the node leaves at its end. A browser finds a page at the address on which the node listens, and programs an
            HTTP interface below /v1/.

            """);
        page.Append(".SH OPTIONS\n");
        foreach (KnownOption option in KnownOption.All)
        {
            AppendOption(page, option);
        }
        page.Append(".SH COMMANDS\n");
        foreach (string line in commands)
        {
            int blanks = line.IndexOf("  ", StringComparison.Ordinal);
            page.Append(blanks < 0
                ? $".PP\n{Text(line)}\n"
                : $".TP\n.B {Text(line[..blanks])}\n{Text(line[blanks..].TrimStart())}\n");
        }
        page.Append(".SH EXIT STATUS\n");
        AppendItem(page, "0", "The node left in good order.");
        AppendItem(page, "1", "It could not start, join, or go on; a line on standard error says why, and what to do.");
        AppendItem(page, "2", "The command line makes no sense.");
        page.Append(".SH ENVIRONMENT\n");
        AppendItem(page, "USER, LOGNAME", "The name to go by when --name gives none.");
        AppendItem(page, "TERM", "What the terminal can do: dumb gets plain lines, linux and vt100 a row to write in, all others the whole screen.");
        AppendItem(page, "NO_COLOR", "When it is set, and not empty, nothing is drawn in colours.");
        AppendItem(page, "TZ", "The time zone of the times that people are shown.");
        page.Append(".SH SIGNALS\n");
        page.Append(Text("SIGTERM, SIGINT, and at a terminal SIGHUP, make the node leave in good order: what was typed is ordered first, and a host hands over. A second one ends it at once."));
        page.Append("\n.SH EXAMPLES\n");
        foreach ((string command, string what) in Examples)
        {
            page.Append(CultureInfo.InvariantCulture, $".TP\n.B {Text(command)}\n{Text(what)}\n");
        }
        return page.ToString();
    }

    private static void Section(StringBuilder page, string name, string body) => page.Append(CultureInfo.InvariantCulture, $".SH {name}\n{body}");

    private static void AppendOption(StringBuilder page, KnownOption option)
    {
        string value = option.Value is null ? "" : $" \\fI{Text(option.Value)}\\fR";
        page.Append(CultureInfo.InvariantCulture, $".TP\n\\fB{Text(option.Name)}\\fR{value}\n{Text(option.Details)}\n");
        if (option.Choices.Count > 0 && !option.IsOpen)
        {
            page.Append(CultureInfo.InvariantCulture, $"One of {Text(string.Join(", ", option.Choices))}.\n");
        }
        if (option.Default.Length > 0)
        {
            page.Append(CultureInfo.InvariantCulture, $"By default: {Text(option.Default)}.\n");
        }
    }

    private static void AppendItem(StringBuilder page, string name, string what) =>
        page.Append(CultureInfo.InvariantCulture, $".TP\n.B {Text(name)}\n{Text(what)}\n");

    // A hyphen is to be a minus that can be copied, and no line is to begin with a request.
    private static string Text(string text)
    {
        string escaped = text.Replace("\\", "\\e", StringComparison.Ordinal).Replace("-", "\\-", StringComparison.Ordinal);
        return escaped.StartsWith('.') || escaped.StartsWith('\'') ? "\\&" + escaped : escaped;
    }
}
