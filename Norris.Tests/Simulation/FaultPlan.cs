namespace Norris.Tests.Simulation;

/// <summary>
/// What may go wrong in one run, and how the run is set up. A swarm: every seed turns on some kinds of fault and leaves others out, since
/// a run with all of them hides what only a few would show (Groce and others, "Swarm testing", 2012).
/// </summary>
internal sealed record FaultPlan
{
    public int Nodes { get; init; } = 3;

    public long FaultsUntil { get; init; } = 5_000_000;

    public bool StreamsBreak { get; init; }

    public bool CallsBreak { get; init; }

    public bool CallsAreRepeated { get; init; }

    public bool DelaysSpike { get; init; }

    public bool LinksAreSlow { get; init; }

    public bool MembersFreeze { get; init; }

    public bool MembersCrash { get; init; }

    public bool MembersAreCutOff { get; init; }

    public bool MembersLeave { get; init; }

    public bool HostsLeave { get; init; }

    public bool SuccessorsFreeze { get; init; }

    public bool NodesStall { get; init; }

    public bool ClocksAreWrong { get; init; }

    public bool Guests { get; init; }

    public bool Renames { get; init; }

    public bool Newcomers { get; init; }

    public bool TinyRetention { get; init; }

    public bool LeasesReturnLate { get; init; }

    public long? WindowMicroseconds { get; init; } = 10_000;

    public long LatencyMin { get; init; } = 100;

    public long LatencyMax { get; init; } = 5_000;

    /// <summary>The pause between two messages of a node, on average.</summary>
    public long TalkPause { get; init; } = 100_000;

    public int TextBytesMax { get; init; } = 64;

    public static FaultPlan Draw(SimulationRandom random)
    {
        bool isTiny = random.Chance(120);
        return new FaultPlan
        {
            Nodes = (int)random.Between(1, 6),
            FaultsUntil = random.Between(1_000_000, 6_000_000),
            StreamsBreak = random.Chance(400),
            CallsBreak = random.Chance(400),
            CallsAreRepeated = random.Chance(400),
            DelaysSpike = random.Chance(300),
            LinksAreSlow = random.Chance(200),
            MembersFreeze = random.Chance(300),
            MembersCrash = random.Chance(300),
            MembersAreCutOff = random.Chance(250),
            MembersLeave = random.Chance(300),
            HostsLeave = random.Chance(500),
            SuccessorsFreeze = random.Chance(300),
            NodesStall = random.Chance(300),
            ClocksAreWrong = random.Chance(600),
            Guests = random.Chance(400),
            Renames = random.Chance(400),
            Newcomers = random.Chance(500),
            TinyRetention = isTiny,
            LeasesReturnLate = random.Chance(400),
            WindowMicroseconds = random.Below(5) switch { 0 => null, 1 => 0, 2 => 3_000, 3 => 20_000, _ => 50_000 },
            LatencyMin = random.LogUniform(20, 1_000),
            LatencyMax = random.LogUniform(1_000, 40_000),
            TalkPause = random.LogUniform(10_000, 500_000),
            TextBytesMax = isTiny ? 20_000 : (int)random.LogUniform(16, 2_000),
        };
    }
}
