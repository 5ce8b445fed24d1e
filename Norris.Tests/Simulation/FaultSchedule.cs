namespace Norris.Tests.Simulation;

/// <summary>Draws all faults of a run before it begins.</summary>
internal sealed class FaultSchedule
{
    private const int FaultsMax = 200;
    private const long Everybody = (1L << Cluster.MachinesMax) - 1;

    private readonly FaultPlan _plan;
    private readonly SimulationRandom _random;
    private readonly List<Fault> _faults = [];
    private long _now;
    private Trouble? _trouble;

    private FaultSchedule(FaultPlan plan, SimulationRandom random) => (_plan, _random) = (plan, random);

    public static IReadOnlyList<Fault> Draw(FaultPlan plan, SimulationRandom random)
    {
        var schedule = new FaultSchedule(plan, random);
        schedule.DrawNoise();
        schedule.DrawTroubles();
        schedule._faults.Sort(static (a, b) => a.At != b.At ? a.At.CompareTo(b.At) : a.Number.CompareTo(b.Number));
        return schedule._faults;
    }

    private void DrawNoise()
    {
        AddNoise(FaultKind.LoseCalls, _plan.LossPerMille);
        AddNoise(FaultKind.RepeatCalls, _plan.RepeatPerMille);
        AddNoise(FaultKind.DelaySome, _plan.SpikePerMille);
        AddNoise(FaultKind.BreakSome, _plan.BreakPerMille);
    }

    private void AddNoise(FaultKind kind, int perMille)
    {
        if (perMille > 0)
        {
            Add(0, kind, duration: _plan.FaultsUntil, amount: perMille);
        }
    }

    private void DrawTroubles()
    {
        if (_plan.Troubles.Count == 0)
        {
            return;
        }
        while (_faults.Count < FaultsMax && (_now += _random.LogUniform(10_000, _plan.PauseMax)) < _plan.FaultsUntil)
        {
            _trouble = _plan.Troubles[_random.Below(_plan.Troubles.Count)];
            Draw(_trouble.Value);
            if (_plan.ProcessesStartAgain && _faults[^1].Kind is FaultKind.Crash or FaultKind.Leave or FaultKind.PowerFailure && _random.Chance(700))
            {
                Add(_random.LogUniform(10_000, 3_000_000), FaultKind.Start, machine: Machine());
            }
        }
    }

    private void Draw(Trouble trouble)
    {
        switch (trouble)
        {
            case Trouble.StreamBreaks:
                Add(0, FaultKind.BreakStream, Anybody(), Machine());
                break;
            case Trouble.NodeStalls:
                Add(0, FaultKind.Freeze, Anybody(), Machine(), _random.LogUniform(1_000, _plan.StallMax));
                // Two stalls in a row are a silence that a stall alone may not be.
                _now += _plan.Kind == PlanKind.CrashOnly ? 2 * _plan.StallMax : 0;
                break;
            case Trouble.ClockJumps:
                Add(0, FaultKind.ClockJump, Anybody(), Machine(), amount: ClockJump());
                break;
            case Trouble.NewcomerStarts:
                Add(0, FaultKind.Start, machine: Machine());
                break;
            case Trouble.MemberLeaves:
                Add(0, FaultKind.Leave, Target.Member, Machine());
                break;
            case Trouble.MemberCrashes:
                Add(0, FaultKind.Crash, Target.Member, Machine());
                break;
            case Trouble.MemberFreezes:
                Add(0, FaultKind.Freeze, Target.Member, Machine(), Silence());
                break;
            case Trouble.MemberIsCutOff:
                Add(0, FaultKind.Cut, Target.Member, Machine(), Silence(), Everybody);
                break;
            case Trouble.HostLeaves:
                Add(0, FaultKind.Leave, Target.Host);
                break;
            case Trouble.SuccessorFails:
                DrawSuccessorFailure();
                break;
            case Trouble.HostCrashes:
                Add(0, FaultKind.Crash, Target.Host);
                break;
            case Trouble.HostsCrashInARow:
                DrawCrashes();
                break;
            case Trouble.CandidateCrashes:
                Add(0, FaultKind.Crash, Target.Host);
                Add(_random.LogUniform(1_000, 2_500_000), FaultKind.Crash, Target.Successor);
                break;
            case Trouble.CrashWhileLeaving:
                Add(0, FaultKind.Leave, _random.Chance(500) ? Target.Successor : Target.Member, Machine());
                Add(_random.LogUniform(100, 500_000), FaultKind.Crash, Target.Host);
                break;
            case Trouble.CrashWhileJoining:
                Add(0, FaultKind.Start, machine: Machine());
                Add(_random.LogUniform(100, 500_000), FaultKind.Crash, Target.Host);
                break;
            default:
                DrawSilence(trouble);
                break;
        }
    }

    private void DrawSilence(Trouble trouble)
    {
        switch (trouble)
        {
            case Trouble.HostFreezes:
                Add(0, FaultKind.Freeze, Target.Host, duration: Silence());
                break;
            case Trouble.MachineIsSuspended:
                Add(0, FaultKind.Suspend, Anybody(), Machine(), _random.LogUniform(100_000, 6_000_000));
                break;
            case Trouble.HostIsCutOff:
                Add(0, FaultKind.Cut, Target.Host, duration: Silence(), amount: Everybody);
                break;
            case Trouble.PowerFails:
                Add(0, FaultKind.PowerFailure, Anybody(), Machine(), Silence());
                break;
            case Trouble.PairIsCut:
                Add(0, FaultKind.Cut, Anybody(), Machine(), Silence(), 1L << Machine());
                break;
            case Trouble.PairIsCutOneWay:
                Add(0, _random.Chance(500) ? FaultKind.Mute : FaultKind.Deaf, Anybody(), Machine(), Silence(), 1L << Machine());
                break;
            case Trouble.NodeIsDeaf:
                Add(0, FaultKind.Deaf, Anybody(), Machine(), Silence(), Everybody);
                break;
            case Trouble.NodeIsMute:
                Add(0, FaultKind.Mute, Anybody(), Machine(), Silence(), Everybody);
                break;
            case Trouble.NodeSeesHalf:
                Add(0, FaultKind.Cut, Anybody(), Machine(), Silence(), _random.Between(1, Everybody));
                break;
            case Trouble.SplitInTwo:
                Add(0, FaultKind.Split, duration: Silence(), amount: Sides(2));
                break;
            case Trouble.SplitInThree:
                Add(0, FaultKind.Split, duration: Silence(), amount: Sides(3));
                break;
            case Trouble.LinkFlaps:
                DrawFlapping(Anybody(), Machine(), 1L << Machine());
                break;
            case Trouble.NodeFlaps:
                DrawFlapping(Anybody(), Machine(), Everybody);
                break;
            case Trouble.LinkClogs:
                Add(0, FaultKind.Clog, Anybody(), Machine(), Silence(), _random.Chance(500) ? 1L << Machine() : Everybody);
                break;
            case Trouble.CallsAreLost:
                Add(0, FaultKind.LoseCalls, duration: Silence(), amount: _random.LogUniform(20, 300));
                break;
            case Trouble.CallsAreRepeated:
                Add(0, FaultKind.RepeatCalls, duration: Silence(), amount: _random.LogUniform(20, 500));
                break;
            case Trouble.LinkSlows:
                Add(0, FaultKind.Slow, Anybody(), Machine(), Silence(), _random.LogUniform(2, 5_000));
                break;
            case Trouble.CandidateFails:
                DrawCandidateFailure();
                break;
            case Trouble.MergeIsDisturbed:
                DrawDisturbedMerge();
                break;
            default:
                throw new InvalidOperationException($"{trouble} is not drawn");
        }
    }

    private void DrawSuccessorFailure()
    {
        long after = _random.Chance(500) ? 0 : _random.LogUniform(100, 100_000);
        switch (_random.Below(3))
        {
            case 0:
                Add(0, FaultKind.Freeze, Target.Successor, duration: _random.LogUniform(100_000, 3_000_000));
                break;
            case 1:
                Add(0, FaultKind.Cut, Target.Successor, duration: Silence(), amount: Everybody);
                break;
            default:
                Add(0, FaultKind.Crash, Target.Successor);
                break;
        }
        Add(after, FaultKind.Leave, Target.Host);
    }

    /// <summary>The host is silent for just so long that somebody else stands, who then fails: whoever promised waits for a host that never comes.</summary>
    private void DrawCandidateFailure()
    {
        long standsAfter = _random.Between(950_000, 1_200_000);
        Add(0, FaultKind.Freeze, Target.Host, duration: standsAfter + _random.LogUniform(10_000, 1_000_000));
        if (_random.Chance(500))
        {
            Add(standsAfter, FaultKind.Crash, Target.Successor);
        }
        else
        {
            Add(standsAfter, FaultKind.Freeze, Target.Successor, duration: Silence());
        }
    }

    /// <summary>Two sides meet, while some are still heard and hear nothing: what they said has a place, and they do not know.</summary>
    private void DrawDisturbedMerge()
    {
        long apart = _random.Between(1_300_000, 3_000_000);
        Add(0, FaultKind.Split, duration: apart, amount: Sides(2));
        for (int i = _random.Below(3) + 1; i > 0; i--)
        {
            Add(apart + _random.Between(-300_000, 600_000), FaultKind.Deaf, Target.Member, Machine(), _random.LogUniform(300_000, 2_500_000), Everybody);
        }
    }

    private void DrawCrashes()
    {
        long after = 0;
        for (int i = _random.Below(_plan.Nodes) + 2; i > 0; i--)
        {
            Add(after, FaultKind.Crash, Target.Host);
            after += _random.LogUniform(1_000, 3_000_000);
        }
    }

    private void DrawFlapping(Target target, int machine, long others)
    {
        long after = 0;
        FaultKind kind = _random.Below(3) switch { 0 => FaultKind.Mute, 1 => FaultKind.Deaf, _ => FaultKind.Cut };
        for (int i = _random.Below(6) + 2; i > 0; i--)
        {
            long down = _random.LogUniform(20_000, 1_500_000);
            Add(after, kind, target, machine, down, others);
            after += down + _random.LogUniform(10_000, 1_000_000);
        }
    }

    private long ClockJump() => _random.Below(3) switch
    {
        0 => -_random.LogUniform(1_000, _plan.StallMax),
        1 => _random.LogUniform(1_000, 2_000_000),
        _ => _random.LogUniform(1_000_000, 3_600_000_000),
    };

    private long Sides(int count)
    {
        long sides = 0;
        for (int machine = 0; machine < Cluster.MachinesMax; machine++)
        {
            sides |= (long)_random.Below(count) << (2 * machine);
        }
        return sides;
    }

    private long Silence() => _random.LogUniform(50_000, 4_000_000);

    private int Machine() => _random.Below(_plan.Nodes + 1);

    private Target Anybody() => _random.Below(4) switch { 0 => Target.Host, 1 => Target.Successor, _ => Target.Machine };

    private void Add(long after, FaultKind kind, Target target = Target.Machine, int machine = 0, long duration = 0, long amount = 0) =>
        _faults.Add(new Fault(_now + after, kind, target, machine, duration, amount) { Number = _faults.Count, Trouble = _trouble });
}
