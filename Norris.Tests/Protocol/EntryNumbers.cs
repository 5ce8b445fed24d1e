using Norris.Protocol.Ordering;

namespace Norris.Tests.Protocol;

/// <summary>Their authors' numbers of entries that lie one after the other.</summary>
internal static class EntryNumbers
{
    public static ulong[] In(ReadOnlySpan<byte> entries)
    {
        var numbers = new List<ulong>();
        while (Entry.TryRead(entries, out Entry entry))
        {
            numbers.Add(entry.Number);
            entries = entries[entry.Bytes.Length..];
        }
        return [.. numbers];
    }
}
