using System.Globalization;

namespace Norris.Tests.Simulation;

/// <summary>What is done to whom.</summary>
internal enum FaultKind
{
    /// <summary>A stream of the target's breaks.</summary>
    BreakStream,

    /// <summary>The target's process stands still for a while.</summary>
    Freeze,

    /// <summary>The target's machine is suspended for a while, and its clock with it.</summary>
    Suspend,

    /// <summary>The target's process dies; its machine lives and refuses connections.</summary>
    Crash,

    /// <summary>The target's machine dies: nobody answers, until it is there again without a process.</summary>
    PowerFailure,

    /// <summary>The target's process leaves in peace.</summary>
    Leave,

    /// <summary>A process starts at that machine or the next that has none, and joins through others.</summary>
    Start,

    /// <summary>The target's clock is ahead by <see cref="Fault.Amount"/> from now on, or stands still for so long when that is negative.</summary>
    ClockJump,

    /// <summary>Nothing passes from the target to the machines of <see cref="Fault.Amount"/> (a set of bits) nor back.</summary>
    Cut,

    /// <summary>Nothing passes from the target to those machines, but back.</summary>
    Mute,

    /// <summary>Nothing passes from those machines to the target, but back.</summary>
    Deaf,

    /// <summary>Machines fall into sides that do not reach each other: two bits of <see cref="Fault.Amount"/> for each machine.</summary>
    Split,

    /// <summary>What passes between the target and those machines waits, and then comes at once.</summary>
    Clog,

    /// <summary>Of a thousand calls anywhere, <see cref="Fault.Amount"/> are lost.</summary>
    LoseCalls,

    /// <summary>Of a thousand calls anywhere, <see cref="Fault.Amount"/> come again later.</summary>
    RepeatCalls,

    /// <summary>Of a thousand things on the way, <see cref="Fault.Amount"/> take much longer.</summary>
    DelaySome,

    /// <summary>Of a thousand streams opened, <see cref="Fault.Amount"/> break.</summary>
    BreakSome,

    /// <summary>Between the target and everybody it is so many times slower; by an odd number, only what the target sends.</summary>
    Slow,
}

/// <summary>Whom a fault strikes: found when it strikes.</summary>
internal enum Target
{
    /// <summary>The process at <see cref="Fault.Machine"/>, or at the next machine that has one.</summary>
    Machine,

    /// <summary>The host; the one of the highest epoch when there are several.</summary>
    Host,

    /// <summary>The most senior other node in the host's view, or of the last host's that lives.</summary>
    Successor,

    /// <summary>Somebody that is not the host.</summary>
    Member,
}

/// <summary>
/// One fault of a run, as data: drawn before the run begins, so that the run can be repeated without it.
/// </summary>
internal sealed record Fault(long At, FaultKind Kind, Target Target = Target.Machine, int Machine = 0, long Duration = 0, long Amount = 0)
{
    /// <summary>Its place in the schedule; also the stream of chance for what it needs to decide when it strikes.</summary>
    public int Number { get; init; }

    /// <summary>Which trouble it belongs to.</summary>
    public Trouble? Trouble { get; init; }

    /// <inheritdoc/>
    public override string ToString()
    {
        string whom = Kind switch
        {
            FaultKind.Split or FaultKind.LoseCalls or FaultKind.RepeatCalls or FaultKind.DelaySome or FaultKind.BreakSome => "all",
            FaultKind.Start => $"machine {Machine}",
            _ => Target == Target.Machine ? $"n at machine {Machine}" : $"{Target}({Machine})",
        };
        string how = Kind switch
        {
            FaultKind.Cut or FaultKind.Mute or FaultKind.Deaf or FaultKind.Clog => $" and machines {Convert.ToString(Amount, 2)}",
            FaultKind.Split => $" sides {Sides()}",
            _ => Amount == 0 ? "" : $" by {Amount}",
        };
        string until = Duration == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" for {Duration / 1e6:F3} s");
        return string.Create(CultureInfo.InvariantCulture, $"{At / 1e6,9:F6} {Kind} {whom}{how}{until}{(Trouble is { } trouble ? $"  ({trouble})" : "")}");
    }

    private string Sides() => string.Join("", Enumerable.Range(0, Cluster.MachinesMax).Select(machine => (Amount >> (2 * machine)) & 3));
}
