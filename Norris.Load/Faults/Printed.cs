using Norris.Load.Verification;

namespace Norris.Load.Faults;

/// <summary>What kind of line a node printed.</summary>
internal enum PrintedType
{
    /// <summary>A message.</summary>
    Message,

    /// <summary>An epoch started.</summary>
    Host,

    /// <summary>Somebody was lost, or was too slow.</summary>
    Lost,

    /// <summary>Any other entry of the log.</summary>
    OtherEntry,

    /// <summary>The node is in the view; what follows goes on after the position.</summary>
    Ready,

    /// <summary>The node missed something; what follows goes on after the position.</summary>
    Gap,
}

/// <summary>One line of a node's output.</summary>
/// <param name="Type">What it is.</param>
/// <param name="Epoch">The epoch that ordered it; 0 for a gap.</param>
/// <param name="Entry">The entry; where there is none, only its sequence number counts, which is the last before what follows.</param>
/// <param name="At">When it was read, as a timestamp of the stopwatch.</param>
internal readonly record struct Printed(PrintedType Type, ulong Epoch, Delivery Entry, long At)
{
    /// <summary>Whether the line is an entry of the log.</summary>
    public bool IsEntry => Type < PrintedType.Ready;

    /// <summary>Reads a line; false for what is neither an entry nor tells where entries go on.</summary>
    public static bool TryRead(ReadOnlySpan<byte> line, long at, out Printed printed)
    {
        PrintedLine.TryReadNumber(line, ",\"epoch\":"u8, out ulong epoch);
        if (PrintedLine.TryReadEntry(line, out Delivery entry))
        {
            printed = new Printed(TypeOf(line), epoch, entry, at);
            return true;
        }
        if (PrintedLine.IsType(line, "ready"u8) && PrintedLine.TryReadNumber(line, ",\"seq\":"u8, out ulong after))
        {
            printed = new Printed(PrintedType.Ready, epoch, NoEntry(after), at);
            return true;
        }
        if (PrintedLine.IsType(line, "gap"u8) && PrintedLine.TryReadNumber(line, ",\"before\":"u8, out ulong before))
        {
            printed = new Printed(PrintedType.Gap, 0, NoEntry(before - 1), at);
            return true;
        }
        printed = default;
        return false;
    }

    private static Delivery NoEntry(ulong after) => new(after, 0, Delivery.Stranger, 0, 0);

    private static PrintedType TypeOf(ReadOnlySpan<byte> line)
    {
        if (PrintedLine.IsType(line, "message"u8))
        {
            return PrintedType.Message;
        }
        if (PrintedLine.IsType(line, "host"u8))
        {
            return PrintedType.Host;
        }
        return PrintedLine.IsType(line, "left"u8) && !line.EndsWith("\"reason\":\"left\"}"u8) ? PrintedType.Lost : PrintedType.OtherEntry;
    }
}
