#!/bin/sh
# Makes demo.mp4: a test picture with a running timecode, a mark that crosses once in ten seconds, and a tick each second.
# Needs ffmpeg and the font Inter. H.264 and AAC, because every browser plays them; a key frame each second, so that
# seeks are cheap.
set -eu
cd "$(dirname "$0")"
ffmpeg -y -loglevel error \
  -f lavfi -i "color=c=0x10161d:s=640x360:r=24:d=60" \
  -f lavfi -i "color=c=0xfa8440:s=8x40:r=24:d=60" \
  -f lavfi -i "aevalsrc=exprs='0.35*sin(2*PI*(880+440*eq(mod(floor(t)\,10)\,0))*t)*lt(mod(t\,1)\,0.04)':s=44100:d=60" \
  -filter_complex "[0:v]drawbox=x=0:y=289:w=640:h=2:color=0x3a4656:t=fill,\
drawtext=font=Inter:text='%{pts\:hms}':fontcolor=0xf2ede6:fontsize=84:x=60:y=100,\
drawtext=font=Inter:text='onecouch test picture':fontcolor=0x8b98a8:fontsize=22:x=64:y=48,\
drawtext=font=Inter:text='frame %{n}':fontcolor=0x8b98a8:fontsize=22:x=64:y=210[p];\
[p][1:v]overlay=x='mod(t*64\,640)-4':y=270[v]" \
  -map "[v]" -map 2:a -c:v libx264 -preset slow -crf 33 -profile:v main -pix_fmt yuv420p -g 24 \
  -c:a aac -b:a 24k -ac 1 -movflags +faststart demo.mp4
