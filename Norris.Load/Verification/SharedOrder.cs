using System.Collections.Concurrent;

namespace Norris.Load.Verification;

/// <summary>
/// The one order that everybody must see, place by place: whoever comes to a place first says what stands there, and all others must have
/// the same. Readers on many threads take no lock; what all have passed is let go.
/// </summary>
internal sealed class SharedOrder
{
    private const int PlacesBits = 14;
    private const int Places = 1 << PlacesBits;

    private readonly ConcurrentDictionary<ulong, Piece> _pieces = new();

    /// <summary>Which piece a place is in; pieces ascend with the places.</summary>
    public static ulong PieceOf(ulong sequence) => sequence >> PlacesBits;

    /// <summary>Says what somebody has at a place; true when nobody has anything else there.</summary>
    /// <param name="entry">The entry, with its place.</param>
    /// <param name="other">What somebody else has there, in words, where it is not the same.</param>
    public bool Agree(in Delivery entry, out string other)
    {
        Piece piece = _pieces.GetOrAdd(PieceOf(entry.Sequence), static _ => new Piece());
        int place = (int)(entry.Sequence & (Places - 1));
        long who = ((long)(entry.Sender + 1) << 32) | (uint)entry.Number;
        long whoBefore = Interlocked.CompareExchange(ref piece.Who[place], who + 1, 0);

        // 0 is for nobody was here yet; a hash that is 0 stands for another one as well as any.
        ulong print = entry.Fingerprint == 0 ? 1 : entry.Fingerprint;
        ulong printBefore = Interlocked.CompareExchange(ref piece.Prints[place], print, 0);
        if ((whoBefore == 0 || whoBefore == who + 1) && (printBefore == 0 || printBefore == print))
        {
            other = "";
            return true;
        }
        long known = whoBefore == 0 ? who : whoBefore - 1;
        other = new Delivery(entry.Sequence, 0, (int)(known >> 32) - 1, (int)known, 0).Describe() + (known == who ? ", with another line" : "");
        return false;
    }

    /// <summary>Lets go of all pieces before one.</summary>
    public void Trim(ulong piece)
    {
        foreach (ulong key in _pieces.Keys)
        {
            if (key < piece)
            {
                _pieces.TryRemove(key, out _);
            }
        }
    }

    private sealed class Piece
    {
        public long[] Who { get; } = new long[Places];

        public ulong[] Prints { get; } = new ulong[Places];
    }
}
