using System.Net;
using Microsoft.Extensions.Logging;
using Norris.Options;

namespace Norris.Tests.Options;

public sealed class OptionsParserTests
{
    [Fact]
    public void No_arguments_give_the_documented_defaults()
    {
        NodeOptions options = Options();

        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 7000), options.Listen);
        Assert.Empty(options.Join);
        Assert.Null(options.Advertise);
        Assert.Equal("alice", options.Name);
        Assert.False(options.Headless);
        Assert.Equal(OutputForm.Text, options.Output);
        Assert.Null(options.ReorderWindow);
        Assert.Equal(TimeSpan.FromMilliseconds(100), options.Heartbeat);
        Assert.Equal(TimeSpan.FromSeconds(1), options.Timeout);
        Assert.Null(options.RetentionBytes);
        Assert.Equal(64, options.FanOut);
        Assert.Null(options.LogLevel);
    }

    [Fact]
    public void Every_option_is_read()
    {
        NodeOptions options = Options(
            "--listen", "[::1]:0", "--join", "a.example:7000,10.0.0.1:7001", "--join=[::2]:7002", "--advertise", "chat.example:7000",
            "--name", "Zoë", "--headless", "--output", "JSON", "--reorder-window", "20ms", "--heartbeat", "250ms",
            "--timeout", "1.5s", "--retention", "1GiB", "--fan-out", "7", "--log-level", "dbug");

        Assert.Equal(new IPEndPoint(IPAddress.IPv6Loopback, 0), options.Listen);
        Assert.Equal(["a.example:7000", "10.0.0.1:7001", "[::2]:7002"], options.Join.Select(place => place.ToString()));
        Assert.Equal("chat.example:7000", options.Advertise!.ToString());
        Assert.Equal("Zoë", options.Name);
        Assert.True(options.Headless);
        Assert.Equal(OutputForm.Json, options.Output);
        Assert.Equal(TimeSpan.FromMilliseconds(20), options.ReorderWindow);
        Assert.Equal(TimeSpan.FromMilliseconds(250), options.Heartbeat);
        Assert.Equal(TimeSpan.FromSeconds(1.5), options.Timeout);
        Assert.Equal(1L << 30, options.RetentionBytes);
        Assert.Equal(7, options.FanOut);
        Assert.Equal(LogLevel.Debug, options.LogLevel);
    }

    [Theory]
    [InlineData("--listen 127.0.0.1:99999", "--listen 127.0.0.1:99999: the port must be 0 to 65535, as in 127.0.0.1:7000")]
    [InlineData("--listen=127.0.0.1:-1", "--listen 127.0.0.1:-1: the port must be 0 to 65535, as in 127.0.0.1:7000")]
    [InlineData("--listen 127.0.0.1", "--listen 127.0.0.1: the port is missing, as in 127.0.0.1:7000")]
    [InlineData("--listen ::1:7000", "--listen ::1:7000: an IPv6 address stands in brackets, as in [::1]:7000")]
    [InlineData("--listen [::1]", "--listen [::1]: the port is missing, as in 127.0.0.1:7000")]
    [InlineData("--listen [x]:1", "--listen [x]:1: there is no IPv6 address between the brackets, as in [::1]:7000")]
    [InlineData("--listen 127.0.0.256:1", "--listen 127.0.0.256:1: this is no IP address and no host name, as in 127.0.0.1:7000, [::1]:7000 or example.org:7000")]
    [InlineData("--listen example.org:1", "--listen example.org:1: an address of this machine is needed, as in 0.0.0.0:7000 (all of them) or 127.0.0.1:7000")]
    [InlineData("--join a:0", "--join a:0: the port must be 1 to 65535, as in 127.0.0.1:7000")]
    [InlineData("--join b:1,c", "--join c: the port is missing, as in 127.0.0.1:7000")]
    [InlineData("--join ,", "--join ,: give an ADDR:PORT, or several with commas between them, or auto")]
    [InlineData("--listen [::1]:1 --join auto", "--join auto: looks for others over IPv4, and --listen [::1]:1 is IPv6; name a member's address, or listen on an IPv4 address")]
    [InlineData("--join 0.0.0.0:7001", "--join 0.0.0.0:7001: nobody can be dialled there; give a member's own address, as in 192.0.2.1:7000")]
    [InlineData("--advertise 0.0.0.0:1", "--advertise 0.0.0.0:1: others cannot dial this; give the address by which they reach this node, as in 192.0.2.1:7000")]
    [InlineData("--output xml", "--output xml: must be text, json or none")]
    [InlineData("--heartbeat 5", "--heartbeat 5: must be a number with its unit, such as 250us, 50ms, 1.5s or 2m")]
    [InlineData("--heartbeat 0", "--heartbeat 0: must be 1ms to 60s")]
    [InlineData("--timeout 2h", "--timeout 2h: must be a number with its unit, such as 250us, 50ms, 1.5s or 2m")]
    [InlineData("--timeout 100ms", "--timeout 100ms: must be at least three times --heartbeat 100ms, so 300ms or more")]
    [InlineData("--reorder-window soon", "--reorder-window soon: must be auto, 0, or a number with its unit, such as 250us, 50ms, 1.5s or 2m")]
    [InlineData("--reorder-window 2s", "--reorder-window 2s: must not be longer than --timeout 1s")]
    [InlineData("--retention lots", "--retention lots: must be a number of bytes, such as 64MiB, 64MB, 1GiB or 67108864")]
    [InlineData("--retention 4KiB", "--retention 4KiB: must be at least 1MiB, to hold the largest entry")]
    [InlineData("--log-level loud", "--log-level loud: must be one of trace, debug, information, warning, error, critical, none")]
    [InlineData("--listen", "--listen: a value is missing; give an ADDR:PORT")]
    [InlineData("--listen --headless", "--listen: a value is missing; give an ADDR:PORT")]
    [InlineData("--name=", "--name: a value is missing; give a NAME")]
    [InlineData("--name a --name b", "--name: given more than once; give it once")]
    [InlineData("--headless=false", "--headless: takes no value, but false was given; leave it out for off")]
    [InlineData("--lisen 1", "--lisen: unknown option; did you mean --listen?")]
    [InlineData("--retent", "--retent: unknown option; did you mean --retention?")]
    [InlineData("--partition minority", "--partition minority: must be continue or majority")]
    [InlineData("--fan-out 0", "--fan-out 0: must be 1 to 65535")]
    [InlineData("--fan-out many", "--fan-out many: must be 1 to 65535")]
    [InlineData("-x", "-x: unknown option; norris --help lists them")]
    [InlineData("hello", "hello: unexpected argument; options begin with --, and norris --help lists them")]
    [InlineData("10.0.0.1:7000", "10.0.0.1:7000: unexpected argument; to join through it, write --join 10.0.0.1:7000")]
    [InlineData("--join 10.0.0.1:7000 stray", "stray: unexpected argument; options begin with --, and norris --help lists them")]
    [InlineData("--", "--: unexpected argument; options begin with --, and norris --help lists them")]
    public void A_mistake_is_one_line_that_says_what_is_accepted(string commandLine, string expected)
    {
        FinishedOutcome outcome = Finished(commandLine.Split(' '));

        Assert.Equal($"norris: {expected}\n", outcome.Text);
        Assert.True(outcome.IsError);
        Assert.Equal(2, outcome.ExitStatus);
    }

    [Fact]
    public void Each_of_several_mistakes_has_its_line()
    {
        FinishedOutcome outcome = Finished("--output", "xml", "--bogus", "--retention", "x");

        Assert.Equal(3, outcome.Text.Count(c => c == '\n'));
    }

    [Fact]
    public void A_hostile_value_stays_on_its_line_and_does_not_reach_the_terminal_raw()
    {
        FinishedOutcome outcome = Finished("--name", "a\n\e[31m\u202E" + new string('x', 500));

        Assert.Equal(1, outcome.Text.Count(c => c == '\n'));
        Assert.DoesNotContain("\e", outcome.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("\u202E", outcome.Text, StringComparison.Ordinal);
        Assert.True(outcome.Text.Length < 300);
    }

    [Fact]
    public void A_value_may_begin_with_a_dash_behind_an_equals_sign()
    {
        Assert.Equal("--dash", Options("--name=--dash").Name);
        Assert.Equal("-dash", Options("--name", "-dash").Name);
        Assert.Equal("a=b", Options("--name=a=b").Name);
    }

    [Fact]
    public void The_same_member_given_twice_is_tried_once() =>
        Assert.Single(Options("--join", "a:1,a:1", "--join", "a:1,").Join);

    [Theory]
    [InlineData("auto", true, 0)]
    [InlineData("10.0.0.1:7000", false, 1)]
    [InlineData("10.0.0.1:7000,auto", true, 1)]
    [InlineData("Auto,10.0.0.1:7000,auto", true, 1)]
    public void Others_may_be_looked_for_besides_those_that_are_named(string join, bool isAuto, int named)
    {
        NodeOptions options = Options("--join", join);
        Assert.Equal((isAuto, named), (options.JoinAuto, options.Join.Count));
    }

    [Fact]
    public void The_same_list_may_be_given_on_every_machine_with_its_own_address_in_it() =>
        Assert.Equal(
            ["10.0.0.1:7000", "10.0.0.2:7000"],
            Options("--listen", "10.0.0.1:7000", "--join", "10.0.0.1:7000,10.0.0.2:7000").Join.Select(static each => each.ToString()));

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("--bogus --help")]
    public void Help_is_answered_whatever_else_is_there_and_fits_a_screen(string commandLine)
    {
        FinishedOutcome outcome = Finished(commandLine.Split(' '));

        string[] lines = outcome.Text.TrimEnd('\n').Split('\n');
        Assert.Equal((false, 0), (outcome.IsError, outcome.ExitStatus));
        Assert.True(lines.Length <= 23, $"{lines.Length} lines and a shell's prompt");
        Assert.All(lines, line => Assert.True(line.Length <= 80, line));
        Assert.All(KnownOption.All.Where(known => known.Name != "-h"), known => Assert.Contains(known.Name, outcome.Text, StringComparison.Ordinal));
    }

    [Fact]
    public void A_new_secret_is_asked_for_like_the_version()
    {
        FinishedOutcome outcome = Finished("--new-secret");
        Assert.Equal((WantedAnswer.NewSecret, false, 0), (outcome.Wanted, outcome.IsError, outcome.ExitStatus));
        Assert.Equal(WantedAnswer.Version, Finished("--version").Wanted);
    }

    [Fact]
    public void A_secret_is_in_a_file_or_in_the_environment()
    {
        Assert.False(Options().IsSecured);
        NodeOptions file = Options("--secret-file", "/run/secret", "--web", "127.0.0.1:8000");
        Assert.Equal((true, "/run/secret", null, "127.0.0.1:8000"), (file.IsSecured, file.SecretFile, file.Secret, file.Web.ToString()));
        NodeOptions variable = OptionsParser.Parse([], name => name == "NORRIS_SECRET" ? "" : null).Options!;
        Assert.Equal((true, null, "", "127.0.0.1:0"), (variable.IsSecured, variable.SecretFile, variable.Secret, variable.Web.ToString()));
        Assert.Equal(new string('7', 32), OptionsParser.Parse([], name => name == "NORRIS_WEB_KEY" ? new string('7', 32) : null).Options!.WebKey.ToString());
        ParsedOptions odd = OptionsParser.Parse([], name => name == "NORRIS_WEB_KEY" ? "my key" : null);
        Assert.StartsWith("norris: NORRIS_WEB_KEY: 32 hexadecimal digits", odd.Finished!.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("my key", odd.Finished.Text, StringComparison.Ordinal);
        ParsedOptions both = OptionsParser.Parse(["--secret-file", "/x"], name => name == "NORRIS_SECRET" ? "y" : null);
        Assert.Equal("norris: --secret-file /x: NORRIS_SECRET is set as well; give one of the two\n", both.Finished!.Text);
    }

    [Fact]
    public void Version_names_the_program_and_the_version()
    {
        FinishedOutcome outcome = Finished("--version");

        Assert.Equal((false, 0), (outcome.IsError, outcome.ExitStatus));
        Assert.Matches(@"^norris \d+\.\d+\.\d+\n$", outcome.Text);
    }

    [Fact]
    public void The_name_is_the_login_or_comes_from_the_port()
    {
        Assert.Equal("bob", Run([], name => name == "LOGNAME" ? "bob" : null).Options!.NameFor(7000));
        Assert.Equal("node-7001", Run([], _ => null).Options!.NameFor(7001));
        Assert.Equal("node-7001", Run([], name => name == "USER" ? "\u0007" : null).Options!.NameFor(7001));
    }

    [Fact]
    public void Every_known_option_has_a_property_that_the_parser_fills()
    {
        IEnumerable<string> bound = typeof(CommandLineOptions).GetProperties()
            .Select(property => property.GetCustomAttributes(typeof(CommandLine.OptionAttribute), false).Cast<CommandLine.OptionAttribute>().Single())
            .Select(option => "--" + option.LongName);

        Assert.Equal(bound.Order(), KnownOption.All.Select(known => known.Name).Where(name => name != "-h").Order());
    }

    private static NodeOptions Options(params string[] arguments)
    {
        ParsedOptions parsed = Run(arguments, name => name == "USER" ? "alice" : null);
        Assert.True(parsed.IsRunnable, parsed.Finished?.Text);
        return parsed.Options;
    }

    private static FinishedOutcome Finished(params string[] arguments)
    {
        ParsedOptions parsed = Run(arguments, _ => null);
        Assert.False(parsed.IsRunnable);
        return parsed.Finished;
    }

    private static ParsedOptions Run(string[] arguments, Func<string, string?> environment) => OptionsParser.Parse(arguments, environment);
}
