namespace Norris.Node.Delivery;

/// <summary>
/// The characters that change the direction or the lines of the text around them. In text from others they make one thing
/// look like another (Unicode Technical Report 36, section 2.5; CVE-2021-42574), so output shows them and never sends them.
/// </summary>
internal static class DirectionControls
{
    /// <summary>Whether <paramref name="scalar"/> is one, or a line or paragraph separator.</summary>
    public static bool Contains(int scalar) => scalar is
        0x061C                          // Arabic letter mark
        or 0x200E or 0x200F             // left-to-right and right-to-left mark
        or 0x2028 or 0x2029             // line and paragraph separator
        or (>= 0x202A and <= 0x202E)    // embeddings and overrides
        or (>= 0x2066 and <= 0x206F);   // isolates, and the deprecated shaping controls
}
