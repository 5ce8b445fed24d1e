using System.Text;
using Norris.Terminal.Commands;

namespace Norris.Tests.Terminal;

public sealed class CommandTests
{
    [Theory]
    [InlineData("hello", "say hello")]
    [InlineData(" /who", "say  /who")]
    [InlineData("//who", "say /who")]
    [InlineData("///", "say //")]
    [InlineData("/who", "ask Who")]
    [InlineData("/WHO ", "ask Who")]
    [InlineData("/whois al", "ask Whois al")]
    [InlineData("/whois", "tell /whois NAME: about whom? /who lists the names")]
    [InlineData("/me  waves", "say /me  waves")]
    [InlineData("/me", "tell /me TEXT: say what you do, as in /me waves")]
    [InlineData("/ignore al", "ask Ignore al")]
    [InlineData("/ignore", "ask Ignore")]
    [InlineData("/host", "ask Host")]
    [InlineData("/digest", "ask Digest")]
    [InlineData("/stats", "ask Stats")]
    [InlineData("/clear", "clear")]
    [InlineData("/digets", "tell there is no command /digets; did you mean /digest? To send a line that begins with /, begin it with //.")]
    [InlineData("/name  Zoë K ", "name Zoë K")]
    [InlineData("/help", "help")]
    [InlineData("/quit", "quit")]
    [InlineData("/quit now", "tell /quit takes nothing after it")]
    [InlineData("/name", "tell /name NAME: a name is 1 to 64 bytes of UTF-8 without control or direction characters and without blanks at the ends")]
    [InlineData("/qiut", "tell there is no command /qiut; did you mean /quit? To send a line that begins with /, begin it with //.")]
    [InlineData("/usr/bin", "tell there is no command /usr/bin; /help lists the commands. To send a line that begins with /, begin it with //.")]
    [InlineData("/\e[31m", "tell there is no command /\\u001B[31m; /help lists the commands. To send a line that begins with /, begin it with //.")]
    public async Task Lines_are_understood_and_carried_out(string line, string expected)
    {
        List<string> done = [];
        var runner = new CommandRunner(new CommandActions
        {
            Send = (text, _) => Do(done, $"say {Encoding.UTF8.GetString(text.Span)}"),
            Rename = (name, _) => Do(done, $"name {name}"),
            Ask = (command, _) =>
            {
                done.Add($"ask {command.Kind} {command.Argument}".Trim());
                return ValueTask.FromResult<IReadOnlyList<string>>([]);
            },
            Clear = () => done.Add("clear"),
            Notify = told => done.Add($"tell {told}"),
        });

        bool goesOn = await runner.RunAsync(Encoding.UTF8.GetBytes(line), CancellationToken.None);

        Assert.Equal((expected != "quit", expected == "quit"), (goesOn, runner.HasQuit));
        Assert.Equal(
            expected switch
            {
                "quit" => [],
                "help" => CommandParser.Help.Select(help => $"tell {help}"),
                _ => [expected],
            },
            done);
    }

    private static ValueTask<bool> Do(List<string> done, string what)
    {
        done.Add(what);
        return ValueTask.FromResult(true);
    }
}
