using System.Globalization;
using Norris.Protocol.Ordering;

namespace Norris.Protocol.Membership;

/// <summary>
/// Where a node stands among those that only join: who was in goes before newcomers, and of those that were in, who has the later history:
/// the later epoch, then the higher sequence number. The rest is drawn from the token.
/// <para>Prevents: the host of epoch 8 dies; a has the log up to 7/94, b up to 8/96, and its people saw that; both come back and find only each
/// other; a goes on, by its token, and what b's people saw is not in the order.</para>
/// </summary>
/// <param name="Epoch">The last epoch of its log; none for a newcomer.</param>
/// <param name="Last">The last entry of its log.</param>
/// <param name="Draw">XXH3-64 of the high half of its token with the low half as seed; the lower one goes first.</param>
internal readonly record struct JoiningRank(Epoch Epoch, SequenceNumber Last, ulong Draw)
{
    /// <summary>Characters of the written form.</summary>
    public const int TextLength = 48;

    /// <summary>The rank of a node.</summary>
    /// <param name="token">What it proves itself with.</param>
    /// <param name="position">Where its log ends, if it was in; else <see cref="Position.Start"/>.</param>
    public static JoiningRank Of(MemberToken token, Position position) =>
        new(position.Epoch, position.Sequence, new Digest(token.Low).After(BitConverter.GetBytes(token.High)).Value);

    /// <summary>Reads the written form: three numbers of 16 hexadecimal digits each, the epoch, the sequence number and the draw.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out JoiningRank rank)
    {
        rank = default;
        if (text.Length != TextLength
            || !ulong.TryParse(text[..16], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong epoch)
            || !ulong.TryParse(text[16..32], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong last)
            || !ulong.TryParse(text[32..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong draw))
        {
            return false;
        }
        rank = new JoiningRank(new Epoch(epoch), new SequenceNumber(last), draw);
        return true;
    }

    /// <summary>Whether who has this rank begins before who has that one.</summary>
    public bool GoesBefore(JoiningRank other) =>
        Epoch != other.Epoch ? Epoch > other.Epoch : Last != other.Last ? Last > other.Last : Draw < other.Draw;

    /// <summary>48 hexadecimal digits.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Epoch.Value:x16}{Last.Value:x16}{Draw:x16}");
}
