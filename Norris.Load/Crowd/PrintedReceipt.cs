using Norris.Load.Compare;
using Norris.Load.Verification;

namespace Norris.Load.Crowd;

/// <summary>
/// What somebody gets that reads lines of JSON, a process's output or a guest's stream of events: that each entry has the next place, and the
/// texts, which go into the same receipt as everybody's.
/// </summary>
/// <param name="receipt">Gets the texts.</param>
/// <param name="textBytes">How long each text is.</param>
internal sealed class PrintedReceipt(Receipt receipt, int textBytes)
{
    private ulong _last;
    private long _entries;
    private string? _violation;
    private long _count;

    /// <summary>How many texts have come.</summary>
    public long Count => Volatile.Read(ref _count);

    /// <summary>How many entries have come.</summary>
    public long Entries => Volatile.Read(ref _entries);

    /// <summary>The last entry that has come, or after which the output begins; 0 before anything is known.</summary>
    public ulong Last => Volatile.Read(ref _last);

    /// <summary>The first entry that does not have the next place, in words; null where all have.</summary>
    public string? Violation => Volatile.Read(ref _violation);

    /// <summary>Takes the next line, on the one thread that reads for it.</summary>
    public void Take(ReadOnlySpan<byte> line, long at)
    {
        if (PrintedLine.IsType(line, "gap"u8))
        {
            _violation ??= $"position {_last + 1}: a gap ({PrintedLine.ReadText(line, ",\"reason\":\""u8)})";
        }
        if (PrintedLine.IsType(line, "ready"u8) && PrintedLine.TryReadNumber(line, ",\"seq\":"u8, out ulong start))
        {
            // What comes next is what follows from there.
            Volatile.Write(ref _last, start);
        }
        if (!PrintedLine.TryReadEntry(line, out Delivery entry))
        {
            return;
        }
        if (_last != 0 && entry.Sequence != _last + 1)
        {
            _violation ??= $"position {_last + 1}: position {entry.Sequence} came right after position {_last}";
        }
        Volatile.Write(ref _last, entry.Sequence);
        Volatile.Write(ref _entries, _entries + 1);
        ReadOnlySpan<byte> begin = ",\"text\":\""u8;
        int text = line.IndexOf(begin);
        if (PrintedLine.IsType(line, "message"u8) && line.Length - text > begin.Length + textBytes)
        {
            receipt.Take(line.Slice(text + begin.Length, textBytes));
            Volatile.Write(ref _count, receipt.Count);
        }
    }
}
