using System.Globalization;
using Norris.Protocol;
using Xunit.Abstractions;

namespace Norris.Tests.Simulation;

/// <summary>
/// Whether the net is tight: each wrong version of the protocol breaks a promise in some seed of the swarm, whose checks and faults know
/// nothing of it. NORRIS_MISTAKES says up to which seed to measure how many it takes each, and prints a table;
/// NORRIS_MISTAKE names the wrong versions to measure, with commas between.
/// </summary>
public sealed class WrongVersionTests(ITestOutputHelper output)
{
    public static TheoryData<string> Names() => [.. WrongVersion.All.Select(static wrong => wrong.Mistake.ToString())];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_swarm_catches_it(string mistake)
    {
        WrongVersion wrong = WrongVersion.All.Single(wrong => wrong.Mistake.ToString() == mistake);
        SimulationRun? caught = wrong.FindCaught();
        Assert.True(caught is not null, $"{WrongVersion.SeedsMax} seeds hold, and none breaks {wrong.Broken}");
        output.WriteLine($"seed {caught.Seed}: {caught.Failure}");
        // What the right version breaks as well says nothing about the wrong one, and much about the right one.
        Assert.Null(wrong.PlayRight(caught.Seed).Failure);
    }

    [Fact]
    public void Every_mistake_is_looked_for() =>
        Assert.Equal(Enum.GetValues<Mistake>().Skip(1), WrongVersion.All.Select(static wrong => wrong.Mistake).Concat(WrongVersion.CaughtByStories).Order());

    [Fact]
    public void Measure_how_many_seeds_it_takes()
    {
        if (!ulong.TryParse(Environment.GetEnvironmentVariable("NORRIS_MISTAKES"), CultureInfo.InvariantCulture, out ulong seedsMax))
        {
            return;
        }
        string? only = Environment.GetEnvironmentVariable("NORRIS_MISTAKE");
        WrongVersion[] all = [.. WrongVersion.All.Where(wrong => only is null || only.Split(',').Contains(wrong.Mistake.ToString()))];
        string[] lines = new string[all.Length];
        Parallel.For(0, lines.Length, i =>
        {
            WrongVersion wrong = all[i];
            SimulationRun? caught = wrong.FindFirst(static run => run.Failure is not null, seedsMax);
            lines[i] = $"| {wrong.Mistake} | {wrong.Kind?.ToString() ?? "all"} | {caught?.Seed.ToString(CultureInfo.InvariantCulture) ?? $"> {seedsMax}"} | {caught?.Failure?.Split('\n')[0]} |";
        });
        output.WriteLine(string.Join('\n', lines));
    }
}
