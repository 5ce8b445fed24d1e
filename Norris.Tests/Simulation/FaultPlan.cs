using Norris.Protocol;

namespace Norris.Tests.Simulation;

/// <summary>What may fail at all in a run, and so what must hold.</summary>
internal enum PlanKind
{
    /// <summary>Processes die, hosts too; but nobody alive is ever silent: nobody who lives may miss anything.</summary>
    CrashOnly,

    /// <summary>Everything fails, and every side goes on.</summary>
    Continue,

    /// <summary>Everything fails, and only a majority goes on: the order never branches among the living.</summary>
    Majority,
}

/// <summary>
/// What may go wrong in one run, and how the run is set up. A swarm: every seed turns on some kinds of fault and leaves others out, since
/// a run with all of them hides what only a few would show (Groce and others, "Swarm testing", 2012).
/// </summary>
internal sealed record FaultPlan
{
    public PlanKind Kind { get; init; } = PlanKind.Continue;

    public int Nodes { get; init; } = 3;

    public long FaultsUntil { get; init; } = 5_000_000;

    /// <summary>The longest pause between two faults.</summary>
    public long PauseMax { get; init; } = 600_000;

    /// <summary>The kinds of trouble that this run has, each as likely as the others.</summary>
    public IReadOnlyList<Trouble> Troubles { get; init; } = [];

    /// <summary>Of a thousand calls so many are lost, all the time.</summary>
    public int LossPerMille { get; init; }

    /// <summary>Of a thousand calls so many come again, all the time.</summary>
    public int RepeatPerMille { get; init; }

    /// <summary>Of a thousand things on the way so many are late, all the time.</summary>
    public int SpikePerMille { get; init; }

    /// <summary>Of a thousand streams so many break some time.</summary>
    public int BreakPerMille { get; init; }

    /// <summary>Of a thousand batches so many come with another digest than that of the log, all the time.</summary>
    public int WrongDigestPerMille { get; init; }

    public bool LinksAreSlow { get; init; }

    public bool ClocksAreWrong { get; init; }

    public bool Guests { get; init; }

    public bool Renames { get; init; }

    public bool TinyRetention { get; init; }

    public bool LeasesReturnLate { get; init; }

    /// <summary>Where a process died or left, another one starts.</summary>
    public bool ProcessesStartAgain { get; init; }

    /// <summary>The machines that nobody can reach, a bit for each: who runs there reaches others. 0: hosts take everybody for reachable.</summary>
    public int OutOfReach { get; init; }

    /// <summary>Nobody founds: everybody joins through the others.</summary>
    public bool EverybodyJoins { get; init; }

    public long? WindowMicroseconds { get; init; } = 10_000;

    public long LatencyMin { get; init; } = 100;

    public long LatencyMax { get; init; } = 5_000;

    /// <summary>The pause between two messages of a node, on average.</summary>
    public long TalkPause { get; init; } = 100_000;

    public int TextBytesMax { get; init; } = 64;

    /// <summary>How many nodes one serves itself: few make a tree of relays.</summary>
    public int FanOut { get; init; } = 64;

    /// <summary>Whoever calls in vain is told so: nothing is lost in silence.</summary>
    public bool LossIsLoud => Kind == PlanKind.CrashOnly;

    /// <summary>How long until the end of a connection is noticed at most.</summary>
    public long NoticeMax => Kind == PlanKind.CrashOnly ? 50_000 : 300_000;

    /// <summary>How late a thing may be that takes much longer.</summary>
    public long SpikeMax => Kind == PlanKind.CrashOnly ? 50_000 : 300_000;

    public long StallMax => Kind == PlanKind.CrashOnly ? 300_000 : 400_000;

    public PartitionRule Partition => Kind == PlanKind.Majority ? PartitionRule.Majority : PartitionRule.Continue;

    /// <summary>The kinds that seeds are drawn from.</summary>
    private static readonly PlanKind[] Able = [PlanKind.CrashOnly, PlanKind.Continue, PlanKind.Majority];

    public static FaultPlan Draw(SimulationRandom random, PlanKind? only = null)
    {
        PlanKind drawn = Able[random.Below(Able.Length)];
        PlanKind kind = only ?? drawn;
        bool mayBeSilent = kind != PlanKind.CrashOnly;
        bool isTiny = random.Chance(120);
        int perMille = (int)random.LogUniform(60, 600);
        var troubles = new List<Trouble>();
        foreach (Trouble trouble in Enum.GetValues<Trouble>())
        {
            if (trouble < Trouble.CandidateFails && random.Chance(perMille) && trouble.MayHappenIn(kind))
            {
                troubles.Add(trouble);
            }
        }
        var plan = new FaultPlan
        {
            Kind = kind,
            Nodes = (int)random.Between(1, 6),
            FaultsUntil = random.Between(1_000_000, 8_000_000),
            PauseMax = random.LogUniform(200_000, 4_000_000),
            Troubles = troubles,
            LossPerMille = random.Chance(300) ? (int)random.LogUniform(10, mayBeSilent ? 300 : 50) : 0,
            RepeatPerMille = random.Chance(300) ? (int)random.LogUniform(10, 500) : 0,
            SpikePerMille = random.Chance(300) ? 20 : 0,
            BreakPerMille = random.Chance(300) ? 300 : 0,
            LinksAreSlow = random.Chance(200) && mayBeSilent,
            ClocksAreWrong = random.Chance(600),
            Guests = random.Chance(400),
            Renames = random.Chance(400),
            TinyRetention = isTiny,
            LeasesReturnLate = random.Chance(400),
            ProcessesStartAgain = random.Chance(700),
            WindowMicroseconds = random.Below(5) switch { 0 => null, 1 => 0, 2 => 3_000, 3 => 20_000, _ => 50_000 },
            LatencyMin = random.LogUniform(20, 1_000),
            LatencyMax = random.LogUniform(1_000, 40_000),
            TalkPause = random.LogUniform(10_000, 500_000),
            TextBytesMax = isTiny ? 20_000 : (int)random.LogUniform(16, 2_000),
            EverybodyJoins = random.Chance(100),
            WrongDigestPerMille = random.Chance(100) && mayBeSilent ? (int)random.LogUniform(1, 5) : 0,
        };
        for (Trouble trouble = Trouble.CandidateFails; trouble <= Trouble.MergeIsDisturbed; trouble++)
        {
            // Drawn last: seeds from before keep the rest of their plans.
            if (random.Chance(perMille) && trouble.MayHappenIn(kind))
            {
                troubles.Add(trouble);
            }
        }
        plan = random.Chance(300) ? plan with { FanOut = (int)random.Between(1, 3), Nodes = plan.Nodes + random.Below(4) } : plan;
        if (random.Chance(150))
        {
            // The founder can be reached, or nobody could come in.
            plan = plan with { OutOfReach = (int)(random.Next() & random.Next() & 0b11_1111_1110), EverybodyJoins = false };
        }
        if (random.Chance(perMille / 2) && Trouble.MachineIsSuspended.MayHappenIn(kind))
        {
            troubles.Add(Trouble.MachineIsSuspended);
        }
        return plan;
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Kind}, {Nodes} nodes, faults until {FaultsUntil / 1e6:F1} s, window {WindowMicroseconds}, latency {LatencyMin}-{LatencyMax}, "
        + $"loss {LossPerMille}, repeats {RepeatPerMille}, spikes {SpikePerMille}, breaks {BreakPerMille}, wrong digests {WrongDigestPerMille} per mille"
        + $"{(LinksAreSlow ? ", slow links" : "")}{(ClocksAreWrong ? ", wrong clocks" : "")}{(Guests ? ", guests" : "")}{(Renames ? ", renames" : "")}"
        + $"{(TinyRetention ? ", tiny retention" : "")}{(LeasesReturnLate ? ", late leases" : "")}{(ProcessesStartAgain ? ", starts again" : "")}{(EverybodyJoins ? ", everybody joins" : "")}{(FanOut < 64 ? $", fan-out {FanOut}" : "")}{(OutOfReach != 0 ? $", out of reach {Convert.ToString(OutOfReach, 2)}" : "")}"
        + $", troubles: {string.Join(' ', Troubles)}";
}
