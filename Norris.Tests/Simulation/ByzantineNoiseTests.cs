namespace Norris.Tests.Simulation;

/// <summary>The promises hold while somebody, member or not, says what is not so. NORRIS_NOISE=1 adds it to any run of <see cref="SwarmTests"/>.</summary>
public sealed class ByzantineNoiseTests
{
    private const int SeedsEach = 60;

    [Theory]
    [InlineData("CrashOnly")]
    [InlineData("Continue")]
    [InlineData("Majority")]
    public void Every_promise_holds_whatever_others_claim(string kind)
    {
        int noise = 0;
        for (ulong seed = 1; seed <= SeedsEach; seed++)
        {
            var run = SimulationRun.Of(seed, Enum.Parse<PlanKind>(kind), isNoisy: true);
            Assert.True(run.Failure is null, $"NORRIS_NOISE=1 NORRIS_PLAN={kind} NORRIS_SEED={seed}: {run.Failure}");
            noise += run.Happened.GetValueOrDefault("Noise of a stranger") + run.Happened.GetValueOrDefault("Noise of a member");
        }
        Assert.InRange(noise, 20 * SeedsEach, int.MaxValue);
    }
}
