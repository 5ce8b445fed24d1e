using Norris.Load.Strangers;
using Norris.Load.Verbs;

namespace Norris.Tests.Load;

public sealed class LoadOptionsTests
{
    private const string There = "/proc/self/status";

    [Fact]
    public void What_is_as_it_should_be_is_no_mistake()
    {
        Assert.Null(Steady().FindMistake());
        Assert.Null(new RampOptions { Nodes = 2, TextBytes = 128, Binary = There, From = 1, To = 9, LevelSeconds = 4, P99LimitMs = 50, Precision = 0.1 }.FindMistake());
        Assert.Null(Soak().FindMistake());
        Assert.Null(Storm().FindMistake());
        Assert.Null(Strangers(12).FindMistake());
    }

    [Theory]
    [InlineData("a:1,b:2", null)]
    [InlineData("[::1]:7000", null)]
    [InlineData("a", "--target a: HOST:PORT[,...] is accepted")]
    [InlineData("a:1,b:0", "--target b:0: HOST:PORT[,...] is accepted")]
    [InlineData("a:1/x", "--target a:1/x: HOST:PORT[,...] is accepted")]
    [InlineData("u@a:1", "--target u@a:1: HOST:PORT[,...] is accepted")]
    [InlineData("a:65536", "--target a:65536: HOST:PORT[,...] is accepted")]
    public void A_target_has_a_host_and_a_port(string target, string? mistake)
    {
        SteadyOptions options = Steady();
        // Nothing is started there, so no program is needed.
        (options.Target, options.Binary) = (target, "/nowhere");
        Assert.Equal(mistake, options.FindMistake());
    }

    [Fact]
    public void A_mistake_is_one_line_that_names_the_option_the_value_and_what_is_accepted()
    {
        SteadyOptions steady = Steady();
        steady.Seconds = double.NaN;
        Assert.Equal("--seconds NaN: more than 0 and up to 86400 is accepted", steady.FindMistake());
        steady = Steady();
        steady.Rate = 0;
        Assert.Equal("--rate 0: 1 to 1000000 is accepted", steady.FindMistake());
        steady = Steady();
        steady.Binary = "/nowhere";
        Assert.Equal("--binary /nowhere: there is no such file; build it with: make binary", steady.FindMistake());
    }

    [Fact]
    public void Nothing_is_started_or_killed_at_a_target()
    {
        SoakOptions soak = Soak();
        soak.Target = "a:1";
        Assert.Equal("--target: nothing is killed there, so say --kill-every 0", soak.FindMistake());
        JoinStormOptions storm = Storm();
        (storm.Target, storm.Kind) = ("a:1", Newcomer.Node);
        Assert.Equal("--kind node: nothing is started at a --target; guest is accepted", storm.FindMistake());
        var slow = new SlowMemberOptions { Nodes = 3, TextBytes = 128, Binary = There, Target = "a:1", Rate = 1, Seconds = 1 };
        Assert.StartsWith("--target: ", slow.FindMistake(), StringComparison.Ordinal);
        StrangersOptions strangers = Strangers(12);
        strangers.Target = "a:1";
        Assert.Equal("--target: strangers come to nodes of this machine that it starts itself", strangers.FindMistake());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(601)]
    public void There_are_some_strangers_and_not_too_many(int strangers) =>
        Assert.Equal($"--strangers {strangers}: 1 to 600 is accepted", Strangers(strangers).FindMistake());

    [Fact]
    public void Where_the_host_is_killed_others_are_needed()
    {
        SoakOptions soak = Soak();
        soak.Nodes = 2;
        Assert.Equal("--nodes 2: 3 at least where the host is killed", soak.FindMistake());
    }

    private static SteadyOptions Steady() => new() { Nodes = 3, TextBytes = 128, Binary = There, Rate = 100, Seconds = 1 };

    private static SoakOptions Soak() => new() { Nodes = 3, TextBytes = 128, Binary = There, Minutes = 1, KillEverySeconds = 10 };

    private static StrangersOptions Strangers(int strangers) => new() { Nodes = 3, TextBytes = 128, Binary = There, Rate = 1, Seconds = 1, Strangers = strangers };

    private static JoinStormOptions Storm() => new() { Nodes = 3, TextBytes = 128, Binary = There, Rate = 1, Seconds = 1, Joins = 1 };
}
