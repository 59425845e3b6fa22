"""Print the characters of the sheet font, one code point a line (U+XXXX).

They are: ASCII and Latin letters with marks; every two-byte character of GB 18030, which is
GBK (all of 通用规范汉字表 but 276, and the older forms that identity papers still carry);
those 276, from beyond_gbk.txt; and whatever else the source font has above U+FFFF.
"""
import sys
from fontTools.ttLib import TTFont

source, beyond_gbk = sys.argv[1:3]
wanted = set(range(0x20, 0x7F)) | set(range(0xA0, 0x180))
for lead in range(0x81, 0xFF):
    for trail in range(0x40, 0xFF):
        try:
            wanted.add(ord(bytes([lead, trail]).decode("gb18030")))
        except UnicodeDecodeError:
            pass
with open(beyond_gbk, encoding="utf-8") as lines:
    wanted |= {ord(char) for line in lines if line[0] != "#" for char in line.strip()}

has = set(TTFont(source).getBestCmap())
wanted = (wanted & has) | {point for point in has if point > 0xFFFF}
print("\n".join(f"U+{point:04X}" for point in sorted(wanted)))
