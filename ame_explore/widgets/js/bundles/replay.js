// Built by ame_explore/widgets/js/build.js; sources: sha256 f1de9e5018b575ed0d7aa7c3a2f6fcce7e3f33aa6503684c3fb6bfb3db93bd99
"use strict";(()=>{var T=()=>(performance.timeOrigin+performance.now())/1e3;function tt(o,t){let e=null,s=null,i=()=>{if(e=null,!s)return;let a=s;
s=null,o(...a),e=setTimeout(i,t)};return(...a)=>{if(e!==null){s=a;return}o(...a),e=setTimeout(i,t)}}var cs={f4:Float32Array,i4:Int32Array,i2:Int16Array,u1:Uint8Array};function et(o,t){if(Array.isArray(o))return o.map(e=>et(
e,t));if(o===null||typeof o!="object")return o;if("buffer"in o&&"dtype"in o){let e=t[o.buffer],i=ArrayBuffer.isView(e)?e.
buffer.slice(e.byteOffset,e.byteOffset+e.byteLength):e.slice(0);return Object.assign(new cs[o.dtype](i),{shape:o.shape})}
return Object.fromEntries(Object.entries(o).map(([e,s])=>[e,et(s,t)]))}var ds=new Set(["svg","path"]),oe={text:"textContent",value:"value",checked:"checked"};function h(o,t={},...e){let s=ds.
has(o)?"http://www.w3.org/2000/svg":"http://www.w3.org/1999/xhtml",i=document.createElementNS(s,o);i.append(...e.flat(1/0).
filter(a=>a!=null&&a!==!1));for(let[a,n]of Object.entries(t))n==null||n===!1||(a.startsWith("on")?i.addEventListener(a.slice(
2),n):a in oe?i[oe[a]]=n:i.setAttribute(a,n===!0?"":String(n)));return i}function w(o,t){o.textContent!==t&&(o.textContent=
t)}function x(o,t){o.hidden===t&&(o.hidden=!t)}function U(){let o=document.body.dataset.jpThemeLight;return o!==void 0?o===
"false":document.body.classList.contains("vscode-dark")}var ps=0,X=()=>`ame-${Math.random().toString(36).slice(2,9)}-${ps+=
1}`;var J=null;function it(o){J?J.push(o):o()}function he(o){let t=J,e=J=[];try{o()}finally{J=t}for(let s of e)s()}var le=1,
ce=o=>le=o,jt=new WeakMap,re;function B(o){re??=new ResizeObserver(r=>{for(let{target:l}of r)jt.set(l,[l.clientWidth,l.clientHeight]),
l.dispatchEvent(new Event("ame-size",{bubbles:!0}))});let t=Math.min(2,le*(window.devicePixelRatio||1)),e=jt.get(o);e||(re.
observe(o),jt.set(o,e=[o.clientWidth,o.clientHeight]));let[s,i]=e,[a,n]=[Math.round(s*t),Math.round(i*t)];return(o.width!==
a||o.height!==n)&&(o.width=a,o.height=n),{width:s,height:i,scale:t}}function E(o,t){return o.getContext("2d",t)}function de(o,t,e){
!t||t.length<2||(o.beginPath(),t.forEach(([s,i],a)=>o[a?"lineTo":"moveTo"](s,i)),o.closePath(),o.fillStyle=e.wash,o.fill(),
o.strokeStyle=e.accent,o.lineWidth=1.5,o.setLineDash([5,3]),o.stroke(),o.setLineDash([]))}var st={away:16,above:30,high:96};
function pe(o,[t,e],{width:s,height:i}){let a=t>.55*s;o.style.left=a?"":`${t+st.away}px`,o.style.right=a?`${s-t+st.away}\
px`:"",o.style.top=`${Math.max(4,Math.min(i-st.high,e-st.above))}px`}var zt=o=>o.replaceAll("-","−");function at(o,t=3,{signed:e=!1,fine:s=!1}={}){if(typeof o!="number"||!Number.isFinite(
o))return"–";let i;return s&&o!==0&&Math.abs(o)<.1?i=Math.floor(Math.log10(Number(Math.abs(o).toPrecision(2))))<-4?o.toExponential(
1).replace(/e([+-])(\d)$/,"e$10$2"):o.toPrecision(2):i=s&&o===0?"0.0":o.toFixed(t||(Number.isInteger(o)?0:1)),Number(i)===
0?i.replace("-",""):(t===0&&!s&&(i=i.replace(/\B(?=(\d{3})+($|\.))/g,",")),zt(e&&o>0?`+${i}`:i))}function us(o,t=3,{signed:e=!1}={}){
if(typeof o!="number"||!Number.isFinite(o))return"–";if(o===0)return"0";let[s,i]=o.toExponential(t-1).split("e"),a=t-1-
Number(i),n=a>=-3&&a<=t+2?o.toFixed(Math.max(a,0)):`${s}e${Number(i)}`;return zt(e&&o>0?`+${n}`:n)}function P(o){return o==
null||o===""?"–":typeof o!="number"?String(o):Number.isInteger(o)&&Math.abs(o)<1e6?zt(String(o)):us(o)}var ue=o=>o.toExponential(
0).replace("e+","e").replaceAll("-","−");function Wt(o,t){let e=t.length>1?Math.abs(t[1]-t[0]):Math.abs(o)||1;return o!==
0&&(Math.abs(o)<.001||Math.abs(o)>=1e4)?ue(o):o.toFixed(Math.max(0,Math.min(4,-Math.floor(Math.log10(e)+1e-9)))).replace(
"-","−")}var me=o=>o>=.001&&o<1e4?String(Number(o.toPrecision(1))):ue(o),nt=o=>o===null?"default":o===!0?"on":o===!1?"\
off":String(typeof o=="number"?Number(o.toPrecision(4)):o);var fe=["#0072B2","#D55E00","#009E73","#CC79A7","#56B4E9","#E69F00"],ge=["#5AB0EE","#FF8F45","#3CC79B","#E39BC4","#9BD3F\
5","#F0B93A"],be=["solid","dash","dot","dashdot","longdash","longdashdot"],we=["circle","diamond","square","triangle-up",
"x","cross"];var ms={solid:[],dash:[6,3],dot:[2,2.5],dashdot:[7,3,2,3],longdash:[12,4],longdashdot:[12,3,3,3]},Kt=(o,t)=>o[t%o.length],
L=o=>Kt(U()?ge:fe,o),ot=o=>ms[Kt(be,o)],rt=o=>{let t=Kt(we,o);return t==="triangle-up"?"triangle":t};var ye=["circle","diamond","square","triangle","cross","triangle-down","pentagon","bar","hexagon","x"],ke=o=>ye[o%ye.length];
function fs(o,t,e,s,i){let a=c=>{o.beginPath(),c.forEach(([d,p],m)=>o[m?"lineTo":"moveTo"](e+d*i,s+p*i)),o.closePath()},
n=(c,d,p=1)=>Array.from({length:c},(m,u)=>{let f=d+2*Math.PI*u/c;return[p*Math.cos(f),p*Math.sin(f)]}),r=c=>[[-c,-1],[c,
-1],[c,-c],[1,-c],[1,c],[c,c],[c,1],[-c,1],[-c,c],[-1,c],[-1,-c],[-c,-c]];t==="circle"?(o.beginPath(),o.arc(e,s,.92*i,0,
2*Math.PI)):t==="diamond"?a([[0,-1.1],[.95,0],[0,1.1],[-.95,0]]):t==="square"?a([[-.82,-.82],[.82,-.82],[.82,.82],[-.82,
.82]]):t==="triangle"?a(n(3,-Math.PI/2,1.15)):t==="triangle-down"?a(n(3,Math.PI/2,1.15)):t==="cross"?a(r(.38)):t==="x"?a(
(c=>c.map(([d,p])=>[(d-p)*Math.SQRT1_2,(d+p)*Math.SQRT1_2]))(r(.36))):t==="pentagon"?a(n(5,-Math.PI/2,1.05)):t==="hexago\
n"?a(n(6,0,1.05)):t==="bar"?a([[-1.05,-.5],[1.05,-.5],[1.05,.5],[-1.05,.5]]):t==="star"&&a(Array.from({length:10},(c,d)=>{
let p=-Math.PI/2+Math.PI*d/5,m=d%2?.48:1.15;return[m*Math.cos(p),m*Math.sin(p)]}))}var gs={cross:[[-1,0,1,0],[0,-1,0,1]],
x:[[-.8,-.8,.8,.8],[-.8,.8,.8,-.8]]};function N(o,{shape:t,color:e,filled:s,halo:i,inside:a,edge:n=.55},r,l,c){let d=gs[t];
if(!s&&d){o.lineCap="round";for(let{style:p,width:m}of[{style:i,width:(.2+n)*c},{style:e,width:Math.max(1.2,.32*c)}])if(p){
o.strokeStyle=p,o.lineWidth=m,o.beginPath();for(let[u,f,g,b]of d)o.moveTo(r+u*c,l+f*c),o.lineTo(r+g*c,l+b*c);o.stroke()}
return}fs(o,t,r,l,c),i&&(o.lineWidth=n*c,o.strokeStyle=i,o.stroke()),s?(o.fillStyle=e,o.fill()):(o.fillStyle=a||i||"tran\
sparent",o.fill(),o.lineWidth=Math.max(1.2,.36*c),o.strokeStyle=e,o.stroke())}function Ht(o,t,e=1){let s=Math.ceil(t*1.6)+
1,i=2*s+1,a=document.createElement("canvas");a.width=a.height=i;let n=E(a,{willReadFrequently:!0});N(n,o,s+.5,s+.5,t);let{
data:r}=n.getImageData(0,0,i,i),l=[],c=[],d=[],p=[],m=[];for(let u=0;u<i*i;u++){let f=Math.round(r[4*u+3]/255*32*e);f&&(l.
push(u%i-s),c.push(Math.floor(u/i)-s),d.push(r[4*u]|r[4*u+2]<<16),p.push(r[4*u+1]<<8),m.push(f))}return{half:s,dx:Int32Array.
from(l),dy:Int32Array.from(c),rb:Int32Array.from(d),g:Int32Array.from(p),a:Int32Array.from(m)}}function Ut(o,t,e,s,i,a){
let{half:n,dx:r,dy:l,rb:c,g:d,a:p}=s,m=Math.round(i),u=Math.round(a);if(m<n||u<n||m>=t-n||u>=e-n)return;let f=u*t+m;for(let g=0;g<
p.length;g++){let b=f+l[g]*t+r[g],k=o[b],y=32-p[g],M=(k&16711935)*y+c[g]*p[g]>>>5&16711935,v=(k&65280)*y+d[g]*p[g]>>>5&65280;
o[b]=4278190080|M|v}}function ve(o){let t=document.createElement("canvas");t.width=t.height=1;let e=E(t);return e.fillStyle=
o,e.fillRect(0,0,1,1),e.getImageData(0,0,1,1).data}var O={},xe=o=>Object.assign(O,o);function ht(o){let{short:t=o,unit:e=""}=O[o]??{};return e?`${t} (${e})`:t}function V(o,t){
let{short:e=o,unit:s=""}=O[o]??{};return`${e} ${W(o,t)} ${s}`.trim()}function W(o,t){let e=O[o];return e?at(t,e.decimals,
{fine:e.fine}):P(t)}function Me(o,t,e){let s=t-o;if(!(s>0))return[o];let i=s/e,a=10**Math.floor(Math.log10(i)),n=a*[1,2,5,10].find(l=>l*a>=i*
.999),r=[];for(let l=Math.ceil(o/n-1e-9)+0;l*n<=t+1e-9*s;l++)r.push(l*n);return r}function Se(o,t){let e=[];for(let i=Math.
floor(Math.log10(o));i<=Math.ceil(Math.log10(t));i++)for(let a of t/o>1e4?[1]:[1,3])e.push(a*10**i);let s=e.filter(i=>i>=
o&&i<=t);return s.length>5?s.filter((i,a)=>a%2===0):s}function Ae(o){let[t,e]=[1/0,-1/0];for(let i of o)for(let a=0;a<i.
length;a++)Number.isFinite(i[a])&&(t=Math.min(t,i[a]),e=Math.max(e,i[a]));if(t>e)return{low:0,high:1,log:!1};if(t>0&&e/t>
30)return{low:t/1.2,high:e*1.2,log:!0};let s=(e-t)*.08||Math.abs(e)*.05||.5;return{low:t>=0&&t<.35*e?0:t-s,high:e+s,log:!1}}
function F(o,t){let e=0,s=o.length;for(;e<s;){let i=e+s>>1;o[i]<=t?e=i+1:s=i}return e-1}function Yt(o,t){if(!o.length)return t;
let e=F(o,t),s=o[Math.max(0,e)],i=o[Math.min(o.length-1,e+1)];return t-s<=i-t?s:i}function Te(o,t,e){let s=Yt(o,e);if(Math.
abs(e-t)!==1||s!==t)return s;let i=o.indexOf(t)+Math.sign(e-t);return o[Math.max(0,Math.min(o.length-1,i))]??s}function Ee(o,t){
let e=[];for(let s=0,i=0;s<o.x.length&&i<t.x.length;)if(o.x[s]===t.x[i]){let a=t.y[i]-o.y[s];Number.isFinite(a)&&e.push(
[o.x[s],a]),s++,i++}else o.x[s]<t.x[i]?s++:i++;return e}function lt(o,t,e){let s=h("div",{class:"ame-table-box",hidden:!0,tabindex:"0",role:"region","data-testid":`table-${o}`,
"aria-label":`${t}: the data`}),i=h("button",{class:"ame-quiet",type:"button","aria-expanded":"false","aria-label":`${t}\
: show the data as a table`,title:"Show the data as a table","data-testid":`table-toggle-${o}`},"▦"),a=0,n=()=>{let{columns:l,
rows:c}=e();s.replaceChildren(h("table",{},h("thead",{},h("tr",{},l.map(d=>h("th",{scope:"col"},d)))),h("tbody",{},c.map(
d=>h("tr",{},d.map(p=>h("td",{},P(p))))))))},r=()=>{s.hidden||T()-a<.5||(a=T(),n())};return i.addEventListener("click",()=>{
s.hidden=!s.hidden,i.setAttribute("aria-expanded",String(!s.hidden)),s.hidden||n()}),{button:i,box:s,update:r}}var $e=30,bs=130,ws={teacher:[8,3],backbone:[5,3],chance:[2,3]},Q=class{constructor(t,e){let s=O[e];this.lab=t,this.term=
e,this.label=s?.short??e.replaceAll("_"," "),this.range=s?.limits,this.at=null,this.steps=1,this.saidAt=0,this.box=null,
this.values=h("span",{class:"ame-values"}),this.unit=h("small",{}),this.verdict=h("span",{class:"ame-verdict","data-test\
id":`verdict-${e}`}),this.canvas=h("canvas",{class:"ame-line",role:"img",tabindex:"0","data-testid":`chart-${e}`}),this.
table=lt(e,this.label,()=>this.rows()),this.el=h("div",{class:"ame-chart","data-term":e},h("div",{class:"ame-chart-head"},
h("h5",{title:s?.definition||this.label},this.label),h("div",{class:"ame-readout"},this.values,this.unit),this.verdict,this.
table.button),this.canvas,this.table.box),this.canvas.addEventListener("pointermove",i=>this.point(i.offsetX)),this.canvas.
addEventListener("pointerleave",()=>this.point(null)),this.canvas.addEventListener("click",i=>this.box&&this.lab.scrubTo(
Math.round(this.stepAt(i.offsetX,this.box))))}stepAt(t,{left:e,right:s}){return Math.max(0,Math.min(1,(t-e)/(s-e)))*this.
steps}point(t){this.box&&(this.at=t===null?null:this.stepAt(t,this.box),this.lab.chartCursor(this.at))}lines(t){return t.
arms.map((e,s)=>({arm:e,index:s,series:e.series[this.term]})).filter(({series:e})=>e?.x.length)}draw(t,e=this.at){let s=this.
lines(t);if(x(this.el,s.length>0),!s.length)return;this.steps=Math.max(1,t.steps);let i=e??t.scrubbed;this.readout(s,i,t);
let a=i===null&&t.verdict?.term===this.term?t.verdict:null;w(this.verdict,a?.text??""),this.verdict.title=a?.details??"",
it(()=>this.paint(s,i)),this.table.update()}readout(t,e,s){let i=t.map(({arm:r,index:l,series:c})=>{let d=e===null?c.x.length-
1:F(c.x,e),p=d>=0&&ys(r,c.x[d],e);return{index:l,name:r.name,value:d<0||p?null:c.y[d],old:p?c.x[d]:null}});for(;this.values.
children.length>i.length;)this.values.lastChild?.remove();for(;this.values.children.length<i.length;)this.values.append(
h("span",{class:"ame-value"},h("i",{}),h("b",{})));i.forEach(({index:r,name:l,value:c,old:d},p)=>{let m=this.values.children[p],
[u,f]=m.children;u.style.background=L(r),m.title=d===null?l:`${l}: not measured since step ${d}`,w(f,W(this.term,c))});let a=s.
units[this.term]??O[this.term]?.unit??"";w(this.unit,a),x(this.unit,a!=="");let n=`${this.label}${a?` in ${a}`:""}: `+i.
map(({name:r,value:l})=>`${r} ${W(this.term,l)}`).join(", ")+` at step ${Math.round(e??s.step)}`+this.compared();(T()-this.
saidAt>1||s.state!=="playing")&&(this.saidAt=T(),this.canvas.setAttribute("aria-label",n))}compared(){let t=Object.entries(
this.lab.scene?.references[this.term]??{}).map(([e,s])=>`${e} ${W(this.term,s)}`);return t.length?`; for comparison: ${t.
join(", ")}`:""}paint(t,e){let{width:s,height:i,scale:a}=B(this.canvas);if(!s||!i)return;let{ink:n}=this.lab,r=E(this.canvas);
r.setTransform(a,0,0,a,0,0),r.clearRect(0,0,s,i);let l=t.length>1&&!O[this.term]?.ame_only,c=l?i<bs?$e/2:$e:0,d=Object.entries(
this.lab.scene?.references[this.term]??{}),{low:p,high:m,log:u}=this.range?{low:this.range[0],high:this.range[1],log:!1}:
Ae(t.map(({series:S})=>S.y)),f=u?Se(p,m):Me(p,m,3),g=f.map(S=>u?me(S):Wt(S,f)),b=l?Ee(t[0].series,t[1].series):[],k=Math.
max(...b.map(([,S])=>Math.abs(S)),1e-12),y=b.length&&k>1e-12?`±${Wt(k,[0,k/2])}`:"0";r.font=`12px ${n.font}`;let M=Math.
max(...[...g,l?y:""].map(S=>r.measureText(S).width)),v={left:Math.max(40,Math.ceil(M)+7),right:s-8,top:5,bottom:i-16-c};
this.box=v;let A=u?Math.log10:S=>S,C=S=>v.left+(v.right-v.left)*S/this.steps,D=S=>v.bottom-(v.bottom-v.top)*(A(S)-A(p))/
(A(m)-A(p));r.textBaseline="middle",r.lineWidth=1,r.textAlign="right";for(let[S,R]of f.entries()){let _=Math.round(D(R))+
.5;r.strokeStyle=n.grid,r.beginPath(),r.moveTo(v.left,_),r.lineTo(v.right,_),r.stroke(),r.fillStyle=n.muted,r.fillText(g[S],
v.left-5,_)}this.levels(r,v,d.filter(([,S])=>S>p&&S<m).map(([S,R])=>({name:S,value:R,at:D(R)})),n),r.textBaseline="alpha\
betic",r.fillStyle=n.muted,r.textAlign="left",r.fillText("0",v.left,i-3),r.textAlign="right",r.fillText(`${this.steps} s\
teps`,v.right,i-3),r.lineJoin="round";for(let S of t)this.turned(r,S,C,v);for(let S of t)this.curve(r,S,C,D,v,u);l&&this.
difference(r,b,k,y,L(t[1].index),C,{...v,top:v.bottom+4,bottom:v.bottom+c},n),e!==null&&(r.strokeStyle=n.text,r.globalAlpha=
.5,r.beginPath(),r.moveTo(Math.round(C(e))+.5,v.top),r.lineTo(Math.round(C(e))+.5,i-16),r.stroke(),r.globalAlpha=1)}curve(t,{
arm:e,index:s,series:i},a,n,r,l){let{ink:c}=this.lab,d=g=>Number.isFinite(g)&&!(l&&g<=0),p=g=>Math.max(r.top,Math.min(r.
bottom,n(g))),m=O[this.term]?.per_reading?e.turns.filter(({redefines:g})=>g).map(({step:g})=>g):[];t.setLineDash(ot(s)),
t.strokeStyle=L(s),t.lineWidth=1.8,t.beginPath();let u=!1;for(let g=0;g<i.x.length;g++){if(!d(i.y[g])){u=!1;continue}g&&
m.some(b=>i.x[g-1]<=b&&b<i.x[g])&&(u=!1),t[u?"lineTo":"moveTo"](a(i.x[g]),p(i.y[g])),u=!0}t.stroke(),t.setLineDash([]);let f=i.
x.length-1;if(d(i.y[f])&&N(t,{shape:rt(s),color:L(s),filled:!0,halo:c.card},a(i.x[f]),p(i.y[f]),4),e.parent!==null&&e.fork_step){
let g=F(i.x,e.fork_step);g>=0&&N(t,{shape:"diamond",color:c.text,filled:!1,halo:c.card},a(i.x[g]),n(i.y[g]),3.5)}}turned(t,{
arm:e,index:s},i,a){let n=new Set(e.turns.map(({step:r})=>r).filter(r=>r>0));if(n.size){t.strokeStyle=L(s),t.globalAlpha=
.75,t.setLineDash([1.5,3]),t.beginPath();for(let r of n){let l=Math.round(i(r))+.5;t.moveTo(l,a.top),t.lineTo(l,a.bottom)}
t.stroke(),t.setLineDash([]),t.globalAlpha=1}}levels(t,e,s,i){let a=-1/0;t.textAlign="right",t.textBaseline="bottom";for(let{
name:n,value:r,at:l}of s.sort((c,d)=>c.at-d.at)){t.strokeStyle=i.muted,t.setLineDash(ws[n]??[]),t.lineWidth=n==="chance"?
1:1.4,t.beginPath(),t.moveTo(e.left,l),t.lineTo(e.right,l),t.stroke(),t.setLineDash([]);let c=Math.max(l-1,a+13,e.top+12);
a=c;let d=`${n} ${W(this.term,r)}`;t.fillStyle=i.muted,t.lineWidth=3,t.strokeStyle=i.card,t.strokeText(d,e.right,c),t.fillText(
d,e.right,c)}t.lineWidth=1}difference(t,e,s,i,a,n,r,l){let c=(r.top+r.bottom)/2,d=(r.bottom-r.top)/2-2;t.fillStyle=l.soft,
t.fillRect(r.left,r.top,r.right-r.left,r.bottom-r.top),t.fillStyle=a,t.globalAlpha=.75,t.beginPath(),e.forEach(([p,m],u)=>{
u||t.moveTo(n(p),c),t.lineTo(n(p),c-d*m/s)}),e.length&&t.lineTo(n(e[e.length-1][0]),c),t.fill(),t.globalAlpha=1,t.strokeStyle=
l.muted,t.lineWidth=1,t.beginPath(),t.moveTo(r.left,Math.round(c)+.5),t.lineTo(r.right,Math.round(c)+.5),t.stroke(),t.fillStyle=
l.muted,t.textAlign="right",t.textBaseline="middle",t.fillText(i,r.left-5,c)}rows(){let t=this.lines(this.lab.frame),e=[
...new Set(t.flatMap(({series:n})=>[...n.x]))].sort((n,r)=>n-r),s=e.length>120?e.filter((n,r)=>r%Math.ceil(e.length/120)===
0||r===e.length-1):e,i=t.map(({series:n})=>new Map([...n.x].map((r,l)=>[r,n.y[l]]))),a=["step",...t.map(({arm:n})=>n.name)];
return t.length>1&&a.push(`${a[2]} − ${a[1]}`),{columns:a,rows:s.map(n=>{let r=i.map(c=>c.get(n)??null),l=r[0]===null||
r[1]===null?null:r[1]-r[0];return t.length>1?[n,...r,l]:[n,...r]}).reverse()}}};function ys(o,t,e){let s=Object.keys(o.series).
find(n=>O[n]?.always);if(s===void 0)return!1;let i=o.series[s].x,a=i.length?e===null?i.length-1:F(i,e):-1;return a>=0&&t<
i[a]}var ct={n:0,state:"waiting",error:null,note:null,progress:null,step:0,steps:0,epoch:0,steps_per_epoch:null,speed:null,scrubbed:null,
recorded_steps:[],units:{},arms:[],dials:[],delta:{columns:[],rows:[]},diagnosis:[],verdict:null,breaks:[],prediction:null,
selection:[],said:[],show:null,locked:[],explained:"",caption:null,to_lose:""},Y=o=>o.scrubbed!==null&&!o.recording,K=o=>o.
scrubbed??o.step,$=class{#t="";isNew(t){let e=JSON.stringify(t);return e===this.#t?!1:(this.#t=e,!0)}forget(){this.#t=""}};var ks={headline:"Headline",accuracy:"Accuracy",entropy:"Entropy and AME",loss:"Losses","":"More"},dt=class{constructor(t){
this.lab=t,this.charts=new Map,this.arms=new $,this.laid=new $,this.drawnAt=0,this.group="headline",this.key=h("ul",{class:"\
ame-legend","aria-label":"Arms"}),this.choice=h("select",{"data-testid":"curves","aria-label":"Which curves",onchange:()=>this.
choose(this.choice.value)},Object.entries(ks).map(([e,s])=>h("option",{value:e},s))),this.beside=h("div",{class:"ame-cha\
rt-tools"},this.key,this.choice),this.row=h("div",{class:"ame-chart-row"}),this.el=h("section",{class:"ame-card ame-char\
ts","aria-label":"Curves"},this.row);for(let e of Object.keys(O))O[e].group&&this.charts.set(e,new Q(t,e))}choose(t){this.
group=t,this.drawnAt=0,this.lab.draw(this.lab.frame)}chosen({arms:t}){let e=i=>t.some(a=>a.series[i]?.x.length);if(this.
group!=="headline")return[...this.charts.keys()].filter(i=>(O[i]?.group??"")===this.group&&e(i));let s=Object.keys(O).filter(
i=>O[i].headline&&e(i));return s.length?s:[...this.charts.keys()].filter(e).slice(0,2)}draw(t,e=null){let{arms:s}=t;for(let n of s)
for(let r of Object.keys(n.series))this.charts.has(r)||this.charts.set(r,new Q(this.lab,r));this.arms.isNew([U(),s.map(n=>n.
name)])&&this.key.replaceChildren(...s.map((n,r)=>{let l=h("canvas",{width:60,height:24,class:"ame-key","aria-hidden":"t\
rue"}),c=E(l);return c.strokeStyle=L(r),c.lineWidth=4,c.setLineDash(ot(r).map(d=>2*d)),c.beginPath(),c.moveTo(2,12),c.lineTo(
58,12),c.stroke(),N(c,{shape:rt(r),color:L(r),filled:!0},30,12,7),h("li",{title:n.label},l,n.name)}));let i=this.chosen(
t),a=this.laid.isNew(i);if(a&&(this.row.dataset.count=String(i.length),this.row.replaceChildren(...i.map(n=>this.charts.
get(n).el)),i.length||this.row.append(h("p",{class:"ame-muted"},s.length?"No curve of this kind yet.":""))),!(!a&&t.state===
"playing"&&e===null&&this.lab.cursor===null&&T()-this.drawnAt<.45)){this.drawnAt=T();for(let n of i)this.charts.get(n)?.
draw(t,e)}}};function Ie({low:o,high:t,scale:e,whole:s,step:i,value:a}){let n=o??0,r=t??Math.max(1,2*(typeof a=="number"?a:1)),l=i??(s?
1:null),c=e==="log",d=c&&n<=0?30:0,p=n>0?n:r/10**4,m=l!==null&&!c?Math.round((r-n)/l):1e3,u=y=>Math.max(n,Math.min(r,y)),
f=y=>{let M=l===null?Number(y.toPrecision(c?2:3)):n+Math.round((y-n)/l)*l;return u(s?Math.round(M):Number(M.toPrecision(
12)))},g=y=>c?d&&y<=0?0:d+(m-d)*Math.log(Math.max(y,p)/p)/Math.log(r/p):m*(y-n)/(r-n),b=y=>c?y<d/2?0:f(p*Math.exp(Math.max(
0,y-d)/(m-d)*Math.log(r/p))):f(n+(r-n)*y/m);return{low:n,last:m,toSlider:g,fromSlider:b,nudge:(y,M)=>l!==null?f(y+M*l):u(
b(Math.max(0,Math.min(m,g(y)+M*m/40)))),box:l??"any"}}var pt=class{constructor(t){this.lab=t,this.nodes=new Map,this.names=new $,this.shape=new $,this.arm=h("select",{"data-t\
estid":"dial-arm","aria-label":"Which arms the dials turn",title:"AME's dials (ω, reading, temperature of H) turn the ar\
ms with AME; the others turn all arms",onchange:()=>this.draw(t.frame)}),this.armRow=h("label",{class:"ame-for",hidden:!0},
"for ",this.arm),this.live=h("div",{class:"ame-dial-list"}),this.later=h("div",{class:"ame-dial-list"}),this.laterBox=h(
"details",{class:"ame-later"},h("summary",{},"Takes effect at reset"),this.later),this.el=h("section",{class:"ame-card a\
me-dials","aria-label":"Dials"},h("header",{},h("h3",{},"Dials"),h("span",{class:"ame-push"}),this.armRow),this.live,this.
laterBox)}draw({arms:t,dials:e}){if(this.names.isNew(t.map(i=>[i.name,i.label]))){let i=this.arm.value;this.arm.replaceChildren(
h("option",{value:""},"all relevant"),...t.map(a=>h("option",{value:a.name,title:a.label},a.name))),this.arm.value=t.some(
a=>a.name===i)?i:"",x(this.armRow,t.length>1)}let s={value:0,values:0,concerns:0,idle:0,inert:0,pending:0,locked:0};if(this.
shape.isNew(e.map(i=>({...i,...s})))){this.nodes=new Map(e.map(a=>[a.field,new Gt(this,a)]));let i=a=>[...this.nodes.values()].
filter(({dial:n})=>n.steerable===a).map(({el:n})=>n);this.live.replaceChildren(...i(!0)),this.later.replaceChildren(...i(
!1)),x(this.laterBox,e.some(a=>!a.steerable))}for(let i of e)this.nodes.get(i.field)?.draw(i,this.arm.value||null)}set(t,e){
this.lab.command("set",{field:t,value:e,arm:this.arm.value||null})}},Ce=.8,Gt=class{constructor(t,e){this.owner=t,this.dial=
e,this.touched=-1/0,this.typing=!1,this.drawn=new $,this.value=e.value,this.own=e.value,this.scale=Ie(e),this.send=tt(a=>t.
set(e.field,a),120);let s=X(),i={id:s,"data-testid":`dial-${e.field}`,"aria-describedby":e.help?`${s}-help`:null};this.values=
h("span",{class:"ame-dial-values"}),this.slider=null,this.input=e.kind==="number"?this.box(i):e.kind==="choice"?this.choice(
i):this.switch(i),e.kind==="number"&&(this.slider=this.makeSlider()),this.el=h("div",{class:`ame-dial ame-dial-${e.kind}`,
title:e.locked?"Locked by the author of this lab":e.help},h("label",{for:s,class:"ame-dial-label"},e.label),this.slider?
h("span",{class:"ame-number"},this.slider,this.input):this.input,this.values,e.help&&h("span",{class:"ame-help",id:`${s}\
-help`},e.help))}choice(t){let e=h("select",{...t,onchange:()=>this.turn(JSON.parse(e.value))},this.dial.choices.map(s=>h(
"option",{value:JSON.stringify(s),title:this.helpOf(s)},this.spelled(s))));return e}spelled(t){return this.dial.labels[String(
t)]??nt(t)}helpOf(t){let e=this.dial.helps[t];return e?`${t}: ${e}`:null}switch(t){return h("button",{...t,type:"button",
role:"switch",class:"ame-switch",onclick:()=>this.turn(!this.value)})}box(t){let{dial:e}=this,s=h("input",{...t,type:"nu\
mber",min:e.low,max:e.high,step:this.scale.box,oninput:()=>this.typing=!0,onblur:()=>{this.typing=!1,this.owner.lab.again()},
onchange:()=>{if(this.typing=!1,s.value===""&&!e.optional)return this.show(this.own);this.turn(s.value===""?null:Number(
s.value))}});return s}makeSlider(){let t=h("input",{type:"range",min:0,max:this.scale.last,step:1,"aria-label":`${this.dial.
label}, slider`,oninput:()=>this.turn(this.scale.fromSlider(Number(t.value)),!0),onkeydown:e=>this.nudge(e)});return t}nudge(t){
let s={ArrowRight:1,ArrowUp:1,ArrowLeft:-1,ArrowDown:-1}[t.key];if(!s)return;t.preventDefault();let i=typeof this.value==
"number"?this.value:this.scale.low,a=this.scale.nudge(i,s);a!==i&&this.turn(a)}turn(t,e=!1){this.touched=T(),this.drawn.
forget(),this.show(t,e),this.send(t),setTimeout(()=>this.owner.lab.again(),1e3*Ce+100)}show(t,e=!1){let{input:s,slider:i}=this;
if(this.value=t,i&&s instanceof HTMLInputElement){s.value=t===null?"":String(Number(Number(t).toPrecision(6)));let a=this.
dial.none||"default";s.placeholder=t===null?a:P(t),s.title=t===null?a:"",!e&&t!==null&&(i.value=String(this.scale.toSlider(
Number(t)))),i.setAttribute("aria-valuetext",t===null?a:`${P(t)} ${this.dial.unit}`.trim())}else s instanceof HTMLSelectElement?
s.value=JSON.stringify(t):(s.setAttribute("aria-checked",String(!!t)),w(s,t?"on":"off"))}draw(t,e){let{lab:s}=this.owner,
{values:i}=t;this.dial=t,this.own=e!==null&&e in i?i[e]:t.value;let a=t.locked||t.inert||Y(s.frame)||s.locked("set")||s.
locked(t.field);if(this.input.disabled=a,this.slider&&(this.slider.disabled=a),this.el.classList.toggle("ame-pending",t.
pending),this.el.classList.toggle("ame-idle",t.idle!==null),this.el.title=t.locked?"Locked by the author of this lab":t.
idle?`No effect in this run: ${t.idle}`:t.help,this.typing||T()-this.touched<Ce||!this.drawn.isNew([this.own,i,e,t.idle]))
return;let n=e===null?t.concerns.map(c=>({name:c,value:i[c]})):[],r=n.some(({value:c})=>c!==n[0].value);this.show(this.own),
r&&this.slider&&this.input instanceof HTMLInputElement&&(this.input.value="",this.input.placeholder="differs",this.slider.
value=String(this.scale.toSlider(Number(n[n.length-1].value??this.scale.low))),this.slider.setAttribute("aria-valuetext",
"differs between arms"));let l=r?n.map(({name:c,value:d})=>`${c}: ${this.spelled(d)}`):[];w(this.values,[...l,...t.idle?
[`no effect: ${t.idle}`]:[]].join(" · "))}},ut=class{constructor(t){this.lab=t,this.nodes=new Map,this.shape=new $,this.
list=h("div",{class:"ame-break-list"}),this.el=h("section",{class:"ame-card ame-breaks","aria-label":"Break it"},h("head\
er",{},h("h3",{},"Break it"),h("span",{class:"ame-muted"},"and read the diagnosis")),this.list)}there({breaks:t}){return t.
length>0}draw(t){let{breaks:e}=t;this.shape.isNew(e.map(s=>s.switch))&&(this.nodes=new Map(e.map(s=>{let i=h("button",{type:"\
button",role:"switch",class:"ame-break",title:s.help,"data-testid":`break-${s.switch}`,onclick:()=>this.turn(s,i.getAttribute(
"aria-checked")!=="true")},h("i",{"aria-hidden":"true"}),h("span",{},s.label,s.help&&h("small",{},s.help)));return[s.switch,
i]})),this.list.replaceChildren(...this.nodes.values()));for(let s of e){let i=this.nodes.get(s.switch);i.setAttribute("\
aria-checked",String(s.on)),i.disabled=Y(t)||this.lab.locked("break")}}turn({switch:t,resets:e},s){let i=()=>this.lab.command(
"break",{switch:t,on:s});e?this.lab.anew(i):i()}};var Xt={left:"Left of the maps",below:"Below the maps",right:"Right of the maps"},vs=1300,xs=700,Ms=660,[Ss,As]=[540,1100],
Ts=14,Oe=[1e3,600],Z=class{constructor(t,e){this.layout=t,this.place=e,this.tabs=new Map,this.list=h("div",{class:"ame-t\
abs",role:"tablist","aria-label":Xt[e],onkeydown:s=>this.key(s)}),this.tools=h("div",{class:"ame-tools"}),this.bodies=h(
"div",{class:"ame-bodies"}),this.el=h("div",{class:`ame-dock ame-dock-${e}`,"data-testid":`dock-${e}`},h("div",{class:"a\
me-tab-row"},this.list,this.tools),this.bodies)}show(t,e){let{panels:s,titles:i}=this.layout;for(let[r,{tab:l,body:c}]of this.
tabs)t.includes(r)||(l.remove(),c.remove(),this.tabs.delete(r));for(let r of t){if(this.tabs.has(r))continue;let l=X(),c=h(
"button",{type:"button",role:"tab",class:"ame-tab",id:`${l}-tab`,"aria-controls":l,"data-testid":`tab-${r}`,onclick:()=>this.
layout.open(r)},i[r]??r),d=h("div",{role:"tabpanel",class:"ame-body",id:l,"aria-labelledby":`${l}-tab`,tabindex:"0"},s[r].
el);this.tabs.set(r,{tab:c,body:d})}t.map(r=>this.tabs.get(r)).forEach(({tab:r,body:l},c)=>{this.list.children[c]!==r&&(this.
list.insertBefore(r,this.list.children[c]??null),this.bodies.append(l))});for(let[r,{tab:l,body:c}]of this.tabs){let d=r===
e;l.getAttribute("aria-selected")!==String(d)&&(l.setAttribute("aria-selected",String(d)),l.tabIndex=d?0:-1),x(c,d)}let n=e?
s[e].beside:void 0;this.tools.firstChild!==(n??null)&&this.tools.replaceChildren(...n?[n]:[])}key(t){let e={ArrowLeft:-1,
ArrowRight:1}[t.key];if(!e)return;t.preventDefault(),t.stopPropagation();let s=[...this.tabs.keys()].sort((n,r)=>this.at(
n)-this.at(r)),i=s.findIndex(n=>this.tabs.get(n)?.tab===document.activeElement),a=s[(i+e+s.length)%s.length];this.layout.
open(a),this.tabs.get(a)?.tab.focus()}at(t){return[...this.list.children].indexOf(this.tabs.get(t)?.tab)}},mt=class{constructor(t,e,s,i){
this.lab=t,this.panels=e,this.titles=s,this.wide=!1,this.zoom=1,this.docks={left:new Z(this,"left"),below:new Z(this,"be\
low"),right:new Z(this,"right")},this.el=h("div",{class:"ame-desk"},this.docks.left.el,h("div",{class:"ame-middle"},i,this.
docks.below.el),this.docks.right.el),this.form=h("div",{class:"ame-arrangement"}),this.dialog=h("dialog",{class:"ame-key\
s","aria-label":"Arrange the panels","data-testid":"arrange"},h("h3",{},"Arrange the panels"),this.form,h("p",{},"In Pyt\
hon, the lab's .arrangement holds what is set here: lab(..., show=shown.arrangement) opens a lab that looks the same."),
h("button",{type:"button",class:"ame-button",onclick:()=>this.dialog.close()},"Close")),this.arrange=h("button",{type:"b\
utton",class:"ame-quiet",title:"Choose where each panel is","data-testid":"arrange-panels",onclick:()=>this.choose()},"A\
rrange"),this.present=h("button",{type:"button",class:"ame-quiet",title:"Fill the browser, and back (P)","aria-pressed":"\
false","data-testid":"present",onclick:()=>this.toggle()},"Present"),this.onResize=()=>this.fit(),window.addEventListener(
"resize",this.onResize),this.outer=new ResizeObserver(this.onResize),this.scroller=null}close(){window.removeEventListener(
"resize",this.onResize),this.outer.disconnect()}get arrangement(){let t=this.lab.client.model.get("arrangement");return{
left:[],below:[],right:[],...t}}get opened(){return this.lab.client.model.get("opened")??{}}tabs(t){let e=t.show&&new Set(
t.show),s=l=>l in this.panels&&(e===null||e.has(l))&&(this.panels[l].there?.(t)??!0),{left:i,below:a,right:n}=this.arrangement,
r=this.wide;return{left:i.filter(s),below:(r?a:[...a,...n]).filter(s),right:r?n.filter(s):[]}}draw(t){let e=this.tabs(t);
for(let s of Object.keys(e)){let i=e[s],a=this.openOf(s,i);this.docks[s].show(i,a),x(this.docks[s].el,i.length>0),a&&this.
panels[a].draw(t)}}openOf(t,e){let s=this.opened[t];return s&&e.includes(s)?s:e[0]}isOpen(t){return Object.values(this.docks).
some(e=>e.tabs.get(t)?.body.hidden===!1&&!e.el.hidden)}open(t){let e=Object.keys(this.docks).find(s=>this.docks[s].tabs.
has(t));e&&(this.keep("opened",{...this.opened,[e]:t}),this.lab.draw(this.lab.frame))}keep(t,e){let{model:s}=this.lab.client;
s.set(t,e);try{s.save_changes()}catch{}}choose(){this.write(),this.dialog.showModal()}write(){let{lab:{frame:t},arrangement:e}=this,
s=Object.keys(this.panels).filter(i=>(!t.show||t.show.includes(i))&&(this.panels[i].there?.(t)??!0));this.form.replaceChildren(
...s.map(i=>{let a=Object.keys(Xt).find(r=>e[r].includes(i))??"",n=h("select",{"data-testid":`place-${i}`,onchange:()=>this.
move(i,n.value)},Object.entries({...Xt,"":"Hidden"}).map(([r,l])=>h("option",{value:r},l)));return n.value=a,h("label",{},
h("span",{},this.titles[i]??i),n)}))}move(t,e){let{arrangement:s}=this,i=n=>s[n].filter(r=>r!==t),a={left:i("left"),below:i(
"below"),right:i("right")};e&&a[e].push(t),this.keep("arrangement",a),this.lab.again()}fit(){let{el:t}=this.lab;if(!t.isConnected)
return;this.watch();let e=t.classList.contains("ame-presented"),s=e?[window.innerWidth,window.innerHeight]:[0,Math.min(this.
scroller?.clientHeight??1/0,window.innerHeight)],i=e?Math.max(1,Math.min(s[0]/Oe[0],s[1]/Oe[1])):1;(e||this.zoom!==1)&&ce(
i),this.zoom=i,t.style.zoom=i===1?"":i.toFixed(3);let a=e?s[0]/i:t.clientWidth,n=e?s[1]/i:Math.max(Ss,Math.min(As,s[1]-Ts));
this.wide=a>=vs;let r=!e&&a<xs?"narrow":this.wide?"wide":"one";t.dataset.shape!==r&&(t.dataset.shape=r),t.classList.toggle(
"ame-low",n<Ms),t.style.setProperty("--ame-height",`${Math.round(n)}px`)}watch(){let t=this.lab.el.parentNode,e=null;for(;t&&
t!==document.body;)t instanceof Element&&Es(t)&&(e=t),t=t instanceof ShadowRoot?t.host:t.parentNode;e!==this.scroller&&(this.
outer.disconnect(),this.scroller=e,e&&this.outer.observe(e))}toggle(){let{el:t}=this.lab,e=!t.classList.contains("ame-pr\
esented");t.classList.toggle("ame-presented",e),e?(t.setAttribute("popover","manual"),t.showPopover?.()):(t.hidePopover?.(),
t.removeAttribute("popover")),this.present.setAttribute("aria-pressed",String(e)),w(this.present,e?"Leave":"Present"),this.
lab.again(),this.present.focus({preventScroll:!0})}};function Es(o){let{overflowY:t}=getComputedStyle(o);return t==="aut\
o"||t==="scroll"}var q=({k:o,x0:t,y0:e},s,i)=>[s*o+t,e-i*o],Pe=({k:o,x0:t,y0:e},s,i)=>[(s-t)/o,(e-i)/o];function De(o,{k:t,x0:e,y0:s},i,a,n=12){
let r=n*n,l=null;for(let c=0;c<o.length/2;c++){let d=o[2*c]*t+e-i,p=s-o[2*c+1]*t-a,m=d*d+p*p;m<r&&([r,l]=[m,c])}return l}
function Re(o,t,e){let s=!1;for(let i=0,a=o.length-1;i<o.length;a=i++){let[n,r]=o[i],[l,c]=o[a];r>e!=c>e&&t<(l-n)*(e-r)/
(c-r)+n&&(s=!s)}return s}function Be(o){let[t,e,s,i]=[1/0,-1/0,1/0,-1/0];for(let a of o)for(let n=0;n<a.length;n+=2)t=Math.
min(t,a[n]),e=Math.max(e,a[n]),s=Math.min(s,a[n+1]),i=Math.max(i,a[n+1]);return t<e?[t,e,s,i]:null}var Le=18,Ne=16;function Vt(o,t,e=[]){
return e.push(...o.map(({x:s,y:i,side:a=Le})=>[s-a/2,i-a/2,a,a])),o.map(({x:s,y:i,width:a,side:n=Le})=>{let r=n/2,l=[[r+
3,0],[-r-3-a,0],[-a/2,-r-8],[-a/2,r+8],[r+1,-r-5],[r+1,r+5],[-r-1-a,-r-5],[-r-1-a,r+5]],c=([p,m])=>[s+p-2,i+m-Ne/2,a+4,Ne],
d=l.find(p=>{let[m,u,f,g]=c(p);return m>0&&u>0&&m+f<t.width&&u+g<t.height&&!e.some(b=>m<b[0]+b[2]&&b[0]<m+f&&u<b[1]+b[3]&&
b[1]<u+g)});return d&&e.push(c(d)),d??null})}var $s=2e3,Is=[8,10,12,14,17,20,24,29,34,40,48],Cs=1.3,Os=28,Ls=1<<23,Ns=16;function Fe({width:o,height:t},e,s,i){if(s>$s||
!(i>0))return 0;let a=Math.min(Os,Cs*Math.sqrt(o*t/Math.max(1,e)))*Math.sqrt(i);return Is.findLast(n=>n<=a)??0}function _e(o,{
k:t,x0:e,y0:s},{width:i,height:a}){let n=0;for(let r=0;r<o.length;r+=2){let l=o[r]*t+e,c=s-o[r+1]*t;l>=0&&c>=0&&l<=i&&c<=
a&&n++}return n}function Qt(o,t,e,s,i,a,n,r=32){let{side:l}=s,c=Math.round(a-l/2),d=Math.round(n-l/2),[p,m]=[Math.max(0,
-c),Math.min(l,t-c)],[u,f]=[Math.max(0,-d),Math.min(l,e-d)],g=Math.floor(i/s.columns)*l*s.width+i%s.columns*l;for(let b=u;b<
f;b++){let k=g+b*s.width,y=(d+b)*t+c;for(let M=p;M<m;M++){let v=s.pixels[k+M],A=v>>>24===255?r:((v>>>24)*r+127)/255|0;if(A===
32)o[y+M]=v;else if(A){let C=o[y+M],D=(C&16711935)*(32-A)+(v&16711935)*A>>>5&16711935,S=(C&65280)*(32-A)+(v&65280)*A>>>5&
65280;o[y+M]=4278190080|D|S}}}}function Jt(o,t,e,s){let i=new Path2D;return i.roundRect(t,e,s,s,s*(o.filled?.16:.5)),i}var ft=class o{constructor(t,{
count:e,columns:s,width:i,height:a}){this.image=t,this.count=e,this.columns=s,this.width=i,this.height=a}static async load(t){
let e=t.file;return new o(await createImageBitmap(new Blob([e],{type:"image/webp"})),t)}fill(t,e){t.width=this.width,t.height=
this.height,this.draw(E(t),e,0,0,this.width,this.height)}draw(t,e,s,i,a,n){t.imageSmoothingEnabled=Math.min(this.width,this.
height)>=Ns,t.imageSmoothingQuality="high";let[r,l]=[e%this.columns*this.width,Math.floor(e/this.columns)*this.height];t.
drawImage(this.image,r,l,this.width,this.height,s,i,a,n)}tile(t,e,s,i,a,n,r){let l=s.halo?r:0;t.save(),s.halo&&(t.fillStyle=
s.halo,t.fill(Jt(s,i,a,n))),t.fillStyle=s.color,t.fill(Jt(s,i+l,a+l,n-2*l));let c=l+r;t.clip(Jt(s,i+c,a+c,n-2*c)),this.draw(
t,e,i+c,a+c,n-2*c,n-2*c),t.restore()}sheet(t,e,s){let i=Math.floor(Math.sqrt(Ls/(this.columns*Math.ceil(this.count/this.
columns)))),a=Math.max(1,Math.min(t,i)),n=document.createElement("canvas");n.width=a*this.columns,n.height=a*Math.ceil(this.
count/this.columns);let r=E(n,{willReadFrequently:!0});for(let c=0;c<this.count;c++)this.tile(r,c,e(c),c%this.columns*a,
Math.floor(c/this.columns)*a,a,s);let{data:l}=r.getImageData(0,0,n.width,n.height);return{side:a,columns:this.columns,width:n.
width,pixels:new Uint32Array(l.buffer)}}};var Ps=24,Ds=80,Rs=20,Bs=5,gt=class{constructor(t,e){this.owner=t,this.index=e,this.canvas=h("canvas",{class:"ame-points",
"aria-hidden":"true"}),this.over=h("canvas",{class:"ame-over",tabindex:"0",role:"application","data-testid":`manifold-${e}`}),
this.swatch=h("span",{class:"ame-swatch","aria-hidden":"true"}),this.title=h("span",{class:"ame-name"}),this.figures=h("\
p",{class:"ame-muted ame-figures"}),this.tip=h("div",{class:"ame-tip",hidden:!0,role:"status","data-testid":`tip-${e}`}),
this.thumb=h("canvas",{class:"ame-thumb","aria-hidden":"true"}),this.tipText=h("div",{}),this.tip.append(this.thumb,this.
tipText),this.el=h("div",{class:"ame-pane"},h("div",{class:"ame-pane-head"},h("h4",{},this.swatch,this.title),this.figures),
h("div",{class:"ame-stage"},this.canvas,this.over,this.tip)),this.shown=null,this.image=null,this.pixels=new Uint32Array,
this.lasso=null,this.drag=null,this.over.addEventListener("pointerdown",s=>this.down(s)),this.over.addEventListener("poi\
ntermove",s=>this.move(s)),this.over.addEventListener("pointerup",s=>this.up(s)),this.over.addEventListener("pointercanc\
el",()=>this.cancel()),this.over.addEventListener("pointerleave",()=>!this.drag&&this.owner.hover(this.owner.at=null)),this.
over.addEventListener("wheel",s=>this.wheel(s),{passive:!1}),this.over.addEventListener("keydown",s=>this.key(s))}draw(t,e,s){
let i=B(this.canvas);if(B(this.over),!this.canvas.width||!this.canvas.height)return;let a=Math.min(i.width/s.w,i.height/
s.h),n={k:a,x0:i.width/2-s.x*a,y0:i.height/2+s.y*a},r={arm:t,scene:e,size:i,place:n,side:this.owner.sideFor(i,n,t.manifold?.
points??[])};this.shown=r,this.over.dataset.points=r.side?"images":"dots",this.head(t,e),it(()=>this.paint(r)),this.owner.
lab.probe.paintOn(this)}paint(t){let{arm:e,scene:s,size:i,place:a,side:n}=t,{k:r,x0:l,y0:c}=a,{ink:d,pictures:p}=this.owner.
lab,{width:m,height:u}=this.canvas,f=E(this.canvas);(!this.image||this.image.width!==m||this.image.height!==u)&&(this.image=
f.createImageData(m,u),this.pixels=new Uint32Array(this.image.data.buffer)),this.pixels.fill(d.paper32);let g=i.scale,b=e.
manifold?.points??[],k=b.length/2,y=g*Math.max(2,Math.min(5.2,Math.round(3*Math.sqrt(i.width*i.height/Math.max(1,s.ids.length)))/
10)),M=this.owner.spritesFor(s,y),{labels:v,ids:A}=s,C=this.owner.selected,D=C.size>0,S=r*g,R=l*g,_=c*g,G=D?M.dim:M.plain,
j=n?this.owner.sheetsFor(s,n,g,D):null,z=j?Math.min(k,p?.count??0):0;for(let I=z;I<k;I++)Ut(this.pixels,m,u,G[v[I]],b[2*
I]*S+R,_-b[2*I+1]*S);if(j)for(let I=0;I<z;I++)Qt(this.pixels,m,u,j.plain,I,b[2*I]*S+R,_-b[2*I+1]*S,D?Bs:32);if(D)for(let I=0;I<
k;I++){if(!C.has(A[I]))continue;let[ae,ne]=[b[2*I]*S+R,_-b[2*I+1]*S];j?.strong&&I<z?Qt(this.pixels,m,u,j.strong,I,ae,ne):
Ut(this.pixels,m,u,M.strong[v[I]],ae,ne)}if(f.putImageData(this.image,0,0),!e.manifold)return;f.save(),f.scale(g,g),f.textBaseline=
"middle",f.lineJoin="round";let ls=this.stars(f,e.manifold.anchors,t);z&&this.owner.lab.frame.state!=="playing"&&this.captions(
f,t,z,ls),f.restore()}stars(t,e,{scene:s,size:i,place:a}){let{ink:n}=this.owner.lab,r=[];t.font=`600 13px ${n.font}`;let l=e.
length>2*Ps?6:i.width<380?7.5:9,d=Array.from({length:e.length/2},(p,m)=>{let[u,f]=q(a,e[2*m],e[2*m+1]),g=s.short[m]??String(
m),b=this.owner.mark(s,m);return N(t,{...b,shape:"star",filled:!0,halo:n.text},u,f,l),N(t,{...b,shape:"star",halo:null,inside:n.
card},u,f,b.filled?l:.86*l),{text:g,x:u,y:f,width:t.measureText(g).width}}).filter(({x:p,y:m})=>p>=-20&&m>=-20&&p<=i.width+
20&&m<=i.height+20);return this.names(t,d,Vt(d,i,r),n.text),r}captions(t,{arm:e,scene:s,size:i,place:a,side:n},r,l){let{
ink:c}=this.owner.lab,d=e.manifold?.points??[],p=[];for(let u=0;u<r&&n>=Rs&&s.captions.length;u++){let[f,g]=q(a,d[2*u],d[2*
u+1]);f>=0&&g>=0&&f<=i.width&&g<=i.height&&p.push({i:u,x:f,y:g,side:n})}if(!p.length||p.length>Ds)return;t.font=`12px ${c.
font}`;let m=p.map(({i:u,...f})=>({...f,text:s.captions[u],width:t.measureText(s.captions[u]).width}));this.names(t,m,Vt(
m,i,l),c.muted)}names(t,e,s,i){let{ink:a}=this.owner.lab;t.lineWidth=4,t.strokeStyle=a.card,t.fillStyle=i,s.forEach((n,r)=>{
if(!n)return;let{text:l,x:c,y:d}=e[r];t.strokeText(l,c+n[0],d+n[1]),t.fillText(l,c+n[0],d+n[1])})}head(t,e){this.swatch.
style.background=L(this.index),w(this.title,t.name),this.title.title=t.label;let s=t.manifold?.prediction,{labels:i}=e,a="";
if(s?.length){let r=0;for(let c=0;c<s.length;c++)r+=+(s[c]===i[c]);let l=s.length<i.length?` of these ${s.length}`:"";a=
`${Math.round(100*r/s.length)} % right${l} among all ${e.class_names.length} classes`}w(this.figures,t.error?`stopped: ${t.
error}`:a);let n=`Shared manifold of ${t.name} at step ${t.manifold?.step??t.step}. ${a}. Arrow keys move the view, plus\
 and minus zoom, 0 shows everything, N and B go from image to image, Enter selects, Escape clears, I shows images or dot\
s.`;this.over.getAttribute("aria-label")!==n&&this.over.setAttribute("aria-label",n)}under(t){let e=this.shown?.arm.manifold?.
points;if(!this.shown||!e)return null;let{place:s,side:i}=this.shown;return De(e,s,t.offsetX,t.offsetY,Math.max(12,.7*i))}overlay(t,e){
if(!this.shown)return;let{arm:s,scene:i,size:a,place:n,side:r}=this.shown,{width:l,height:c,scale:d}=a,{ink:p,pictures:m}=this.
owner.lab,u=E(this.over);u.setTransform(d,0,0,d,0,0),u.clearRect(0,0,l,c),de(u,this.lasso,p);let{manifold:f}=s;if(t===null||
!f||2*t>=f.points.length){this.tip.hidden=!0;return}let{points:g,anchors:b}=f,[k,y]=q(n,g[2*t],g[2*t+1]),M=i.labels[t],v=r>
0&&m!==null&&t<m.count?Math.max(32,1.5*r):0;if(v&&(u.globalAlpha=.5,u.fillStyle=p.card,u.fillRect(0,0,l,c),u.globalAlpha=
1),u.strokeStyle=p.text,2*M<b.length){let C=q(n,b[2*M],b[2*M+1]);u.setLineDash([3,3]),u.lineWidth=1.5,u.beginPath(),u.moveTo(
k,y),u.lineTo(...C),u.stroke(),u.setLineDash([]),v&&N(u,{...this.owner.mark(i,M),shape:"star",filled:!0,halo:p.text},...C,
9)}if(v&&m?m.tile(u,t,{...this.owner.mark(i,M),halo:p.text},k-v/2,y-v/2,v,2):(u.beginPath(),u.arc(k,y,9,0,2*Math.PI),u.lineWidth=
2.5,u.stroke()),!e){this.tip.hidden=!0;return}let A=this.owner.describe(i,t,s);this.tip.hidden=!1,this.tipText.replaceChildren(
h("strong",{},A.caption||A.label),h("div",{},`class ${A.label} · image ${A.id}`),h("div",{class:wt(A)},bt({...A,predicted:`\
answer: ${A.predicted}`})),h("div",{},V("predictive_entropy",A.entropy))),x(this.thumb,this.owner.lab.thumbnail(this.thumb,
t)),pe(this.tip,[k,y],a)}down(t){if(t.button!==0||!this.shown)return;this.over.setPointerCapture(t.pointerId);let e=this.
owner.tool==="move"||t.shiftKey&&t.altKey;this.drag={x:t.offsetX,y:t.offsetY,far:!1,moving:e,add:t.shiftKey},this.lasso=
e?null:[[t.offsetX,t.offsetY]]}move(t){let{drag:e,shown:s,owner:i}=this;if(s){if(!e)return i.hover(i.at=this.under(t),this);
e.far||=Math.hypot(t.offsetX-e.x,t.offsetY-e.y)>4,e.far&&(this.lasso?(this.lasso.push([t.offsetX,t.offsetY]),i.hover(null)):
i.view&&(i.view.x-=t.movementX/s.place.k,i.view.y+=t.movementY/s.place.k,i.redraw()))}}up(t){let{drag:e,lasso:s,shown:i}=this;
if(this.cancel(),!e||!i)return;let a=this.under(t);e.far?s&&this.owner.select(this.within(i,s),e.add):a!==null?this.owner.
select([i.scene.ids[a]],e.add):this.owner.selected.size&&this.owner.select([])}cancel(){this.drag=this.lasso=null,this.owner.
hover(null)}within({arm:t,scene:e,place:s},i){let a=t.manifold?.points??[],n=[];for(let r=0;r<a.length/2;r++)Re(i,...q(s,
a[2*r],a[2*r+1]))&&n.push(e.ids[r]);return n}wheel(t){!(t.ctrlKey||t.metaKey)||!this.shown||(t.preventDefault(),this.owner.
zoom(Math.exp(t.deltaY*.002),Pe(this.shown.place,t.offsetX,t.offsetY)))}key(t){let{owner:e,shown:s}=this;if(!s||!e.view||
t.ctrlKey||t.metaKey||t.altKey)return;let{arm:i,scene:a}=s,n=a.ids.length,l={ArrowLeft:[-1,0],ArrowRight:[1,0],ArrowUp:[
0,1],ArrowDown:[0,-1]}[t.key],c=t.key.toLowerCase();if(l)e.view.x+=.1*e.view.w*l[0],e.view.y+=.1*e.view.h*l[1],e.redraw();else if(c===
"+"||c==="=")e.zoom(.8);else if(c==="-")e.zoom(1.25);else if(c==="0")e.fit();else if(c==="n"||c==="b"){let d=((e.at??(c===
"n"?-1:0))+(c==="n"?1:-1)+n)%n;e.at=d,e.hover(d,this);let p=e.describe(a,d,i);e.lab.say(`Image ${p.id}: class ${p.label}\
, answer ${p.predicted}, ${V("predictive_entropy",p.entropy)}.`)}else if(c==="i")e.toggleImages();else if(c==="enter"&&e.
at!==null)e.select([a.ids[e.at]],!0);else if(c==="escape")e.select([]);else return;t.preventDefault(),t.stopPropagation()}};var bt=({right:o,predicted:t})=>o===null?t:`${o?"✓":"✗"} ${t}`,wt=({right:o})=>o===null?"ame-muted":o?"ame-right":"a\
me-wrong",qe=1.04,Fs=24,_s=10,je=([o,t,e,s])=>({x:(o+t)/2,y:(e+s)/2,w:qe*(t-o||1),h:qe*(s-e||1)}),yt=class{constructor(t){
this.lab=t,this.panes=[],this.arms=[],this.view=null,this.home=null,this.tool="lasso",this.selected=new Set,this.at=null,
this.sprites=null,this.sheets=null,this.legend=h("ul",{class:"ame-legend","aria-label":"Classes: colour and shape; fille\
d marks are base classes, open ones new"});let e=(i,a,n)=>h("button",{class:"ame-quiet",type:"button","aria-pressed":String(
this.tool===i),"data-tool":i,title:a,"aria-label":a,onclick:()=>this.setTool(i)},n);this.tools=[e("lasso","Drag selects \
with a lasso","Lasso"),e("move","Drag moves the view","Move")];let s=(i,a,n)=>h("button",{class:"ame-quiet",type:"button",
title:i,"aria-label":i,onclick:n},a);this.images=h("button",{class:"ame-quiet",type:"button",hidden:!0,title:"Draw point\
s as their images (I)","data-testid":"images",onclick:()=>this.toggleImages()},"Images"),this.table=lt("manifold","Share\
d manifold",()=>this.rows()),this.note="",this.row=h("div",{class:"ame-panes"}),this.footnote=h("p",{class:"ame-muted"}),
this.el=h("section",{class:"ame-card ame-manifold","aria-label":"Shared manifold","data-view":"manifold"},h("header",{},
h("h3",{},"Shared manifold"),h("span",{class:"ame-push"}),this.images,h("div",{class:"ame-group",role:"group","aria-labe\
l":"What dragging does"},this.tools),h("div",{class:"ame-group",role:"group","aria-label":"Zoom"},s("Zoom out","−",()=>this.
zoom(1.25)),s("Zoom in","+",()=>this.zoom(.8)),s("Fit what is drawn now; again: the full range of the axes","Fit",()=>this.
fit())),this.table.button),this.row,this.legend,this.footnote,this.table.box)}setTool(t){this.tool=t;for(let e of this.tools)
e.setAttribute("aria-pressed",String(e.dataset.tool===t));for(let e of this.panes)e.over.style.cursor=t==="move"?"grab":
"crosshair"}scene(t){this.home=t.extent&&je(t.extent),this.view=this.home&&{...this.home},this.forget(),this.at=null,this.
home&&this.shape(this.home),this.legendOf(t)}forget(){this.sprites=this.sheets=null}get asImages(){let{lab:{client:t,pictures:e,
scene:s}}=this;return e!==null&&!!(t.model.get("images")??s?.show_images)}toggleImages(){if(!this.lab.pictures)return;let{
model:t}=this.lab.client;t.set("images",!this.asImages);try{t.save_changes()}catch{}this.lab.say(this.asImages?"Points a\
re images.":"Points are dots."),this.lab.again()}sideFor(t,e,s){let{home:i,lab:{scene:a}}=this;if(!this.asImages||!i||!a)
return 0;let n=e.k/Math.min(t.width/i.w,t.height/i.h);return Fe(t,a.ids.length,_e(s,e,t),n)}sheetsFor(t,e,s,i){let{ink:a,
pictures:n}=this.lab;if(!n)return null;let r=Math.round(e*s),l=Math.max(1,Math.round(s*(e<20?1.25:1.75))),c=d=>p=>({...this.
mark(t,t.labels[p]),halo:d});return this.sheets?.side!==r&&(this.sheets={side:r,plain:n.sheet(r,c(null),l),strong:null}),
i&&(this.sheets.strong??=n.sheet(Math.round(r*1.25),c(a.text),l)),this.sheets}legendOf(t){let e=new Set(t.labels),s=t.short.
map((i,a)=>({name:i,c:a})).filter(({c:i})=>i<Fs&&(!e.size||e.has(i)));this.legend.replaceChildren(...s.map(({name:i,c:a})=>{
let n=h("canvas",{width:28,height:28,"aria-hidden":"true"}),r=this.mark(t,a),l={...r,shape:r.filled?"square":"circle",filled:!1};
return N(E(n),this.asImages?l:r,14,14,8.5),h("li",{},n,i)}))}mark(t,e,s=!0){let{ink:i}=this.lab;return{shape:ke(e),color:t.
colors[e]??i.text,filled:t.base?!!t.base[e]:!0,halo:s?i.card:null}}shape({w:t,h:e}){this.row.style.setProperty("--ame-as\
pect",Math.max(.9,Math.min(2,t/e)).toFixed(3))}frameExtent(){let t=Be(this.arms.flatMap(({manifold:e})=>e?[e.points,e.anchors]:
[]));return t&&je(t)}fit(){let t=this.frameExtent();if(!t)return;let e=this.view&&Math.abs(this.view.w-t.w)+Math.abs(this.
view.x-t.x)<1e-9*t.w;this.view={...e&&this.home?this.home:t},this.redraw()}zoom(t,e=null){let{view:s}=this;s&&(e&&(s.x=e[0]+
(s.x-e[0])*t,s.y=e[1]+(s.y-e[1])*t),s.w*=t,s.h*=t,this.redraw())}draw(t){this.arms=t.arms,this.selected=new Set(t.selection),
this.home||(this.home=this.frameExtent(),this.view=this.home&&{...this.home},this.home&&this.shape(this.home));let e=this.
lab.scene?.ids.length??0,s=Math.min(...this.arms.map(({manifold:a})=>(a?.points.length??0)/2)),i=e.toLocaleString("en");
for(this.note=e?s>0&&s<e?`${s} of ${i} images while it trains`:`${i} images`:"",this.row.dataset.arms=String(this.arms.length);this.
panes.length>this.arms.length;)this.panes.pop()?.el.remove();for(;this.panes.length<this.arms.length;){let a=new gt(this,
this.panes.length);this.panes.push(a),this.row.append(a.el)}this.redraw(),this.table.update()}redraw(){let{view:t,lab:{scene:e}}=this;
if(!(!t||!e)){for(let[s,i]of this.panes.entries())i.draw(this.arms[s],e,t);this.explain(e),this.hover()}}explain(t){let{
asImages:e,lab:{frame:{explained:s}}}=this,i=e&&this.panes.some(({shown:r})=>r?.side===0);x(this.images,!!t.thumbnails),
this.images.getAttribute("aria-pressed")!==String(e)&&(this.images.setAttribute("aria-pressed",String(e)),this.legendOf(
t)),x(this.legend,!e||t.short.length<=_s);let a=t.base?e&&!i?"square: base class, round: new class":"filled: base class,\
 open: new class":"",n=[this.note&&i?`${this.note}, as dots until you zoom in`:this.note,"★ class text",a,s&&`axes: ${s}`];
w(this.footnote,n.filter(Boolean).join(" · "))}theme(){this.forget(),this.lab.scene&&this.legendOf(this.lab.scene),this.
redraw()}spritesFor(t,e){if(this.sprites?.radius===e)return this.sprites;let{ink:s}=this.lab,i=e>4,a=Math.max(1,t.short.
length),n=(l,c)=>Array.from({length:a},(d,p)=>Ht({...this.mark(t,p,i),...l},e,c)),r=Array.from({length:a},(l,c)=>Ht({...this.
mark(t,c),halo:s.text,inside:s.card,edge:.4},e*1.2));return this.sprites={radius:e,plain:n({},i?.95:.8),dim:n({halo:null},
.16),strong:r},this.sprites}select(t,e=!1){let s=e?[...new Set([...this.selected,...t])]:t;this.selected=new Set(s),this.
lab.command("select",{ids:s}),this.redraw()}hover(t=this.at,e=null){for(let s of this.panes)s.overlay(t,e===s||e===null&&
s===this.panes[0])}describe(t,e,s){let i=t.labels[e],a=s?.manifold?.prediction[e],n=r=>t.short[r]??"–";return{id:t.ids[e],
caption:t.captions[e]??t.class_names[i]??"",label:n(i),predicted:a===void 0?"–":n(a),right:a===void 0?null:a===i,entropy:s?.
manifold?.entropy[e]}}rows(){let{scene:t}=this.lab,e=[];if(t){let s=[...t.ids.keys()],i=a=>Number(this.selected.has(t.ids[a]));
this.selected.size&&s.sort((a,n)=>i(n)-i(a));for(let a of this.arms)for(let n of s.slice(0,Math.ceil(200/this.arms.length))){
let{id:r,label:l,predicted:c,entropy:d}=this.describe(t,n,a),p=a.manifold?.points;e.push([a.name,r,l,c,d,p?.[2*n],p?.[2*
n+1]])}}return{columns:["arm","id","class","answer",ht("predictive_entropy"),"axis 1","axis 2"],rows:e}}};var H=11;function qs(o,t,e,s){let i=[...o],a=o[t];for(let n=t;n!==e;n+=Math.sign(e-t))i[n]=a+(s-a)*(n-t)/(e-t);return i[e]=
s,i}var kt=class{constructor(t,{term:e,low:s,high:i},a,n,r){this.lab=t,this.term=e,this.low=s,this.high=i,this.locked=n,
this.report=r,this.values=a,this.cursor=0,this.last=null,this.canvas=h("canvas",{class:"ame-sketch",tabindex:"0",role:"a\
pplication","aria-label":`Sketch ${O[e]?.label??e} from ${s} to ${i} over the run. Left and right choose a place, up and\
 down set its height.`}),this.el=h("div",{},this.canvas);let l=c=>!n&&c.buttons&&this.put(c.offsetX/this.canvas.clientWidth,
1-c.offsetY/this.canvas.clientHeight);this.canvas.addEventListener("pointerdown",c=>{this.canvas.setPointerCapture(c.pointerId),
this.last=null,l(c)}),this.canvas.addEventListener("pointermove",l),this.canvas.addEventListener("keydown",c=>this.key(c))}put(t,e){
let s=Math.round(Math.max(0,Math.min(1,t))*(H-1)),i=this.low+(this.high-this.low)*Math.max(0,Math.min(1,e));this.values=
qs(this.values??new Array(H).fill(i),this.last??s,s,i),this.last=s,this.report(this.values),this.draw(this.lab.frame)}key(t){
let e={ArrowLeft:-1,ArrowRight:1}[t.key]??0,s={ArrowUp:.05,ArrowDown:-.05}[t.key]??0;if(!(!e&&!s||this.locked)){if(t.preventDefault(),
t.stopPropagation(),e)this.cursor=Math.max(0,Math.min(H-1,this.cursor+e));else{let i=this.values??new Array(H).fill((this.
low+this.high)/2);this.values=i,this.last=this.cursor,this.put(this.cursor/(H-1),(i[this.cursor]-this.low)/(this.high-this.
low)+s)}this.lab.say(`Place ${this.cursor+1} of ${H}: ${P(this.values?.[this.cursor])}`),this.draw(this.lab.frame)}}draw(t){
let{width:e,height:s,scale:i}=B(this.canvas);if(!e)return;let{ink:a}=this.lab,n=E(this.canvas);n.setTransform(i,0,0,i,0,
0),n.fillStyle=a.soft,n.fillRect(0,0,e,s);let r=l=>s-s*(l-this.low)/(this.high-this.low);n.font=`11px ${a.font}`,n.fillStyle=
a.muted,n.fillText(P(this.high),3,12),n.fillText(P(this.low),3,s-4),this.values?(n.strokeStyle=a.text,n.lineWidth=2,n.setLineDash(
[4,3]),n.beginPath(),this.values.forEach((l,c)=>n[c?"lineTo":"moveTo"](e*c/(H-1),r(l))),n.stroke(),n.setLineDash([])):n.
fillText("draw here",e/2-22,s/2),(this.locked?t.arms:[]).forEach((l,c)=>{let d=l.series[this.term];if(d){n.strokeStyle=L(
c),n.beginPath();for(let p=0;p<d.x.length;p++)n[p?"lineTo":"moveTo"](e*d.x[p]/(t.steps||1),r(d.y[p]));n.stroke()}}),document.
activeElement===this.canvas&&(n.fillStyle=a.accent,n.fillRect(e*this.cursor/(H-1)-1,0,2,s))}};var ze=.4,vt={ok:{sign:"✓",name:"Fine"},warn:{sign:"!",name:"Watch"},alarm:{sign:"✗",name:"Broken"}},We=[{level:"ok",
text:"Nothing to report yet.",sensitivity:"",advice:""}],xt=class{constructor(){this.shown=new $,this.list=h("ul",{class:"\
ame-findings","data-testid":"diagnosis"}),this.el=h("section",{class:"ame-card","aria-label":"Diagnosis"},h("header",{},
h("h3",{},"Diagnosis")),this.list)}draw({diagnosis:t}){if(!this.shown.isNew(t))return;let e=t.length?t:We;this.list.replaceChildren(
...e.map(({level:s,text:i,sensitivity:a,advice:n})=>h("li",{"data-level":s},h("b",{"aria-hidden":"true"},vt[s].sign),h("\
div",{},h("p",{},h("span",{class:"ame-hidden"},`${vt[s].name}: `),i),n&&h("p",{class:"ame-try"},h("b",{},"Try: "),n),a&&
h("p",{class:"ame-muted"},a)))))}},Mt=class{constructor(t){this.shown=new $,this.sign=h("b",{"aria-hidden":"true"}),this.
text=h("span",{class:"ame-first"}),this.more=h("span",{class:"ame-more"}),this.el=h("button",{type:"button",class:"ame-f\
inding","data-testid":"first-finding",title:"Open the diagnosis",onclick:t},this.sign,this.text,this.more)}draw({diagnosis:t},e){
if(x(this.el,e),!e||!this.shown.isNew(t))return;let[s]=t.length?t:We;this.el.dataset.level=s.level,w(this.sign,vt[s.level].
sign),this.text.replaceChildren(h("span",{class:"ame-hidden"},`Diagnosis, ${vt[s.level].name}: `),s.text);let i=t.length-
1;w(this.more,i>0?`+ ${i} more`:"more")}},St=class{constructor(){this.shape=new $,this.drawnAt=0,this.table=h("table",{"\
data-testid":"delta"}),this.body=h("tbody",{}),this.el=h("section",{class:"ame-card","aria-label":"What the last step ch\
anged"},h("header",{},h("h3",{},"What the last step changed")),h("div",{class:"ame-delta",tabindex:"0",role:"region","ar\
ia-label":"Delta table"},this.table))}draw(t){if(t.state==="playing"&&T()-this.drawnAt<ze)return;this.drawnAt=T();let{columns:e,
rows:s}=t.delta;this.shape.isNew([e,s.map(i=>i.length)])&&(this.body=h("tbody",{},s.map(i=>i.length===1?h("tr",{class:"a\
me-since"},h("th",{scope:"rowgroup",colspan:e.length})):h("tr",{},e.map((a,n)=>n?h("td",{},h("b",{}),h("small",{})):h("t\
h",{scope:"row"}))))),this.table.dataset.columns=String(e.length),this.table.style.setProperty("--ame-columns",String(e.
length)),this.table.replaceChildren(h("thead",{},h("tr",{},e.map(i=>h("th",{scope:"col",title:i||null},i||h("span",{class:"\
ame-hidden"},"quantity"))))),this.body)),s.forEach((i,a)=>i.forEach((n,r)=>{let l=this.body.children[a].children[r],c=typeof n==
"string"?{value:n,trend:null,by:""}:n;if(!r)return w(l,c.value);let[d,p]=l.children;w(d,c.value),w(p,c.trend===null?"":c.
trend==="same"?"= same":`${c.trend==="up"?"▲ +":"▼ −"}${c.by}`)}))}},At=class{constructor(t){this.lab=t,this.shape=
new $,this.questions=[],this.answers={},this.sketches=[],this.outcomes=new Map,this.tried=!1,this.body=h("div",{}),this.
commit=h("button",{type:"submit",class:"ame-button ame-primary","data-testid":"commit"},"Commit my prediction"),this.note=
h("p",{class:"ame-muted",role:"status"}),this.el=h("section",{class:"ame-card ame-predict","aria-label":"Predict, then r\
un"},h("header",{},h("h3",{},"Predict, then run")),h("form",{onsubmit:e=>this.submit(e)},this.body,this.note,this.commit))}submit(t){
t.preventDefault(),this.tried=!0,this.tell(),this.missing().length||this.lab.command("predict",{answers:this.answers})}missing(){
return this.questions.filter(({id:t})=>this.answers[t]===void 0)}answer(t,e){this.answers[t]=e,this.tell()}tell(){let t=this.
lab.frame.prediction?.waiting,e=this.tried?this.missing():[];w(this.note,t?e.length?`Still open: ${e.map(({text:s})=>s).
join(" ")}`:"Commit your prediction to unlock play.":"Committed. The result appears below your answer.")}there({prediction:t}){
return t!==null}draw(t){let{prediction:e}=t;if(!e)return;let{questions:s,answers:i,outcome:a,waiting:n}=e;this.shape.isNew(
[s,n])&&(this.questions=s,this.answers={...i},this.tried=!1,this.sketches=[],this.outcomes=new Map,this.body.replaceChildren(
...s.map(r=>this.question(r,!n)))),x(this.commit,n),this.tell();for(let[r,l]of this.outcomes){let c=a[r];if(x(l,!!c),!c)
continue;let{text:d,right:p}=c;l.className=`ame-outcome ${p===!0?"ame-right":p===!1?"ame-wrong":""}`,w(l,`${p===!0?"✓ ":
p===!1?"✗ ":""}${d}`)}for(let r of this.sketches)r.draw(t)}question({id:t,text:e,options:s,sketch:i},a){let n=h("p",{class:"\
ame-outcome",hidden:!0});this.outcomes.set(t,n);let r=this.answers[t];if(i){let c=new kt(this.lab,i,Array.isArray(r)?[...r]:
null,a,d=>this.answer(t,d));return this.sketches.push(c),h("fieldset",{"data-testid":`predict-${t}`},h("legend",{},e),c.
el,n)}let l=X();return h("fieldset",{disabled:a,"data-testid":`predict-${t}`},h("legend",{},e),h("div",{class:"ame-optio\
ns"},(s??[]).map(c=>h("label",{},h("input",{type:"radio",name:l,value:c,checked:r===c,onchange:()=>this.answer(t,c)}),` ${c}`))),
n)}},js=40,Tt=class{constructor(t){this.lab=t,this.listed=new $,this.drawnAt=0,this.count=h("span",{class:"ame-muted"}),
this.whose=h("span",{class:"ame-muted","data-testid":"selection-arm"}),this.clear=h("button",{type:"button",class:"ame-q\
uiet","data-testid":"clear-selection",onclick:()=>t.command("select",{ids:[]})},"Clear"),this.body=h("tbody",{}),this.hint=
h("p",{class:"ame-muted"},"Draw a lasso around points, or click one. In Python: .selection of this lab is a table of the\
m."),this.scroll=h("div",{class:"ame-scroll",hidden:!0,tabindex:"0",role:"region","aria-label":"Selected images"},h("tab\
le",{"data-testid":"selection"},h("thead",{},h("tr",{},["","id","class","answer","entropy"].map(e=>h("th",{scope:"col"},
e||h("span",{class:"ame-hidden"},"picture"))))),this.body)),this.el=h("section",{class:"ame-card","aria-label":"Selectio\
n"},h("header",{},h("h3",{},"Selection"),this.count,this.whose,h("span",{class:"ame-push"}),this.clear),this.hint,this.scroll)}draw(t){
let{lab:e}=this,{scene:s}=e,i=t.selection;if(t.state==="playing"&&i.length&&T()-this.drawnAt<ze)return;this.drawnAt=T(),
x(this.hint,!i.length),x(this.scroll,i.length>0),x(this.clear,i.length>0),w(this.count,i.length?`${i.length} image${i.length>
1?"s":""}`:"");let a=s?i.slice(0,js).flatMap(r=>e.rowOf.get(r)??[]):[],n=t.arms.at(-1);w(this.whose,n&&t.arms.length>1&&
a.length?`answers of ${n.name}`:""),this.listed.isNew([e.scenes,a])&&this.body.replaceChildren(...a.map(r=>{let l=h("can\
vas",{class:"ame-thumb-small","aria-hidden":"true"});return e.thumbnail(l,r),h("tr",{},h("td",{},l),h("td",{}),h("td",{}),
h("td",{}),h("td",{}))})),s&&a.forEach((r,l)=>{let c=e.manifold.describe(s,r,n),[,d,p,m,u]=this.body.children[l].children;
w(d,String(c.id)),w(p,c.label),w(m,bt(c)),m.className=wt(c),w(u,P(c.entropy))})}};function zs(o){let t=o.trim();return t.
match(/^lab\(\s*["'](.*)["']\s*\)$/)?.[1]??t}var Et=class{constructor(t){this.lab=t,this.names=new $,this.arm=h("select",
{"aria-label":"Arm of the recipe",onchange:()=>this.draw(t.frame)}),this.token=h("input",{type:"text",readonly:!0,"data-\
testid":"recipe-token","aria-label":"Recipe as one token",onfocus:()=>this.token.select()}),this.copy=h("button",{type:"\
button",class:"ame-button","data-testid":"copy-recipe",onclick:()=>this.put()},"Copy"),this.given=h("input",{type:"text",
placeholder:"ame1:…","data-testid":"restore-token",oninput:()=>this.forget(),"aria-label":"Token to restore",spellcheck:"\
false"}),this.restore=h("button",{type:"submit",class:"ame-button","data-testid":"restore"},"Restore"),this.refused=h("p",
{class:"ame-refused",role:"alert","data-testid":"restore-refused",hidden:!0}),this.asked=!1,this.el=h("section",{class:"\
ame-card ame-recipe","aria-label":"Recipe"},h("header",{},h("h3",{},"Recipe"),h("span",{class:"ame-push"}),this.arm),h("\
div",{class:"ame-field"},this.token,this.copy),h("form",{class:"ame-field",onsubmit:e=>{e.preventDefault();let s=zs(this.
given.value);s&&t.anew(()=>this.send(s),this.lost(t.frame))}},this.given,this.restore),this.refused,h("p",{class:"ame-mu\
ted"},'The whole run, steering included, as one string: lab("ame1:…") restores it.'))}lost({arms:t,step:e,to_lose:s}){
return t.length<2?s:`All ${t.length} arms as they are at step ${e}${s&&`, with ${s},`}`}forget(){this.asked=!1,x(this.refused,
!1)}send(t){this.asked=!0,x(this.refused,!1),this.lab.command("restore",{token:t})}async put(){try{await navigator.clipboard.
writeText(this.token.value)}catch{this.token.select(),document.execCommand("copy")}w(this.copy,"Copied"),this.lab.say("R\
ecipe copied."),setTimeout(()=>w(this.copy,"Copy"),1500)}draw({arms:t}){if(this.names.isNew(t.map(n=>n.name))){let n=this.
arm.value;this.arm.replaceChildren(...t.map(r=>h("option",{value:r.name},r.name))),this.arm.value=t.some(r=>r.name===n)?
n:t.at(-1)?.name??"",x(this.arm,t.length>1)}let e=t.find(n=>n.name===this.arm.value)?.recipe_token??"",s=e&&e+this.lab.probe.
token;this.token.value!==s&&(this.token.value=s),this.restore.disabled=this.given.disabled=this.lab.locked("restore");let{
note:i,state:a}=this.lab.frame;a==="preparing"&&(this.asked=!1),x(this.refused,this.asked&&!!i),this.asked&&i&&w(this.refused,
i)}};var Ws=3,Ue=6,Ke=4;function Ye(o,t){return[...Array.from(o).keys()].sort((e,s)=>o[s]-o[e]).slice(0,t)}function Ks(o){let t=[
...new Set(o.flatMap(({shares:s})=>Ye(s,Ws).filter(i=>s[i]>=.01)))],e=s=>Math.max(...o.map(({shares:i})=>i[s]));return t.
sort((s,i)=>e(i)-e(s)).slice(0,Ue)}var $t=class{constructor(t){this.lab=t,this.rows=new $,this.pictures=[],this.cells=[],
this.body=h("tbody",{}),this.head=h("thead",{}),this.caption=h("caption",{class:"ame-muted"}),this.table=h("table",{class:"\
ame-probe-table","data-testid":"probe-answers"},this.caption,this.head,this.body),this.el=h("div",{class:"ame-probe-answ\
ers",hidden:!0,tabindex:"0",role:"region","aria-label":"Answers to the probe"},this.table)}color(t){let e=this.lab.frame.
arms.findIndex(s=>s.name===t);return e<0?this.lab.ink.muted:L(e)}inner(t,e){return this.cells[t][e].firstChild}pictured(t){
return this.pictures[t]??=new $}draw({answers:t,kind:e}){let{scene:s}=this.lab;if(x(this.el,t.length>0&&s!==null),!t.length||
!s)return;let i=Ks(t),a=e==="text";if(w(this.caption,a?"Classes of the images that this text finds":"Which class text it\
 is"),this.rows.isNew([i,t.map(({name:n})=>[n,this.color(n)]),a,this.lab.scenes])){this.head.replaceChildren(h("tr",{},h(
"th",{scope:"col"},h("span",{class:"ame-hidden"},"class")),t.map(({name:r})=>h("th",{scope:"col"},h("span",{class:"ame-s\
watch",style:`background: ${this.color(r)}`,"aria-hidden":"true"}),r))));let n=(r,l="",c="")=>h("tr",{class:c||null},h("\
th",{scope:"row",title:l||null},r),t.map(()=>h("td",{},h("div",{}))));this.body.replaceChildren(...i.map(r=>h("tr",{class:"\
ame-probe-bar"},h("th",{scope:"row",title:s.class_names[r]},s.short[r]),t.map(({name:l})=>h("td",{},h("span",{class:"ame\
-bar-of",style:`--ame-bar: ${this.color(l)}`}),h("b",{}))))),n(ht("predictive_entropy"),a?"of these classes":"of the ans\
wer over all class texts"),n("nearest texts","","ame-probe-texts"),n("nearest images","","ame-probe-images"),...a?[n("cl\
aims","images that are nearer to this text than to every class text","ame-probe-claims")]:[],...Array.from({length:Ue-i.
length},()=>h("tr",{class:"ame-probe-bar","aria-hidden":"true"},h("td",{colspan:t.length+1}," ")))),this.cells=[...this.
body.children].map(r=>[...r.children].slice(1)),this.pictures=[]}i.forEach((n,r)=>t.forEach(({shares:l},c)=>{let d=this.
cells[r][c];d.firstChild.style.setProperty("--ame-share",`${Math.round(100*l[n])}%`),w(d.lastChild,`${Math.round(100*l[n])}\
 %`)})),t.forEach((n,r)=>{let l=i.length;w(this.inner(l,r),W("predictive_entropy",n.entropy)),w(this.inner(l+1,r),n.texts.
slice(0,3).map(({text:c})=>c).join(", ")),this.cells[l+1][r].title=n.texts.map(({text:c,cosine:d})=>`${c}: cosine ${at(d,
2)}`).join(`
`)}),t.forEach((n,r)=>{let l=i.length+2,c=[...n.images].slice(0,Ke);this.pictured(r).isNew([this.lab.scenes,c])&&this.inner(
l,r).replaceChildren(this.thumbs(c)),n.claims&&this.pictured(t.length+r).isNew([this.lab.scenes,[...n.claims],n.claimed,
n.of])&&this.inner(l+1,r).replaceChildren(`${n.claimed} of ${n.of}`,this.thumbs([...n.claims].slice(0,Ke)),n.claimed?h("\
button",{type:"button",class:"ame-quiet",onclick:()=>this.lab.command("select",{ids:[...n.claims]})},"Select"):"")})}thumbs(t){
let{lab:e}=this;return h("span",{class:"ame-probe-thumbs"},t.map(s=>{let i=e.rowOf.get(s),a=h("canvas",{class:"ame-thumb\
-small","aria-hidden":"true"}),n=i===void 0?String(s):e.scene?.captions[i]??String(s),r=i!==void 0&&e.thumbnail(a,i);return h(
"button",{type:"button",class:"ame-probe-thumb",title:n,"aria-label":`Select ${n}`,onclick:()=>e.command("select",{ids:[
s]})},r?a:n)}))}sentence({answers:t,kind:e}){let{scene:s}=this.lab;return!s||!t.length?"":`${t.map(({name:i,shares:a,entropy:n,
claimed:r,texts:l})=>{let[c]=Ye(a,1),d=l[0]&&l[0].text!==s.class_names[c]?`, nearest text ${l[0].text}`:"";return`${i}: ${s.
class_names[c]} ${Math.round(100*a[c])} %${e==="text"?`, claims ${r} images`:d}, ${V("predictive_entropy",n)}`}).join(";\
 ")}.`}},It=class{constructor(t){this.lab=t,this.canvas=h("canvas",{class:"ame-walk",role:"img","data-testid":"walk"}),this.
words=h("p",{class:"ame-muted","data-testid":"walk-words"}),this.el=h("div",{hidden:!0},this.canvas,this.words)}draw({walk:t},e){
let{scene:s,ink:i}=this.lab;if(x(this.el,!!(t&&s)),!t||!s)return;this.canvas.style.height=`${56*t.paths.length+16}px`;let{
width:a,height:n,scale:r}=B(this.canvas);if(!a||!n)return;let l=E(this.canvas);l.setTransform(r,0,0,r,0,0),l.clearRect(0,
0,a,n);let c=Math.max(.1,...t.paths.flatMap(({entropy:b})=>[...b])),d=4,p=a-4,m=56,u=16;l.textBaseline="middle",t.paths.
forEach(({name:b,answers:k,entropy:y},M)=>{let v=M*m+4,A=v+m-u-8,C=k.length,D=S=>d+(p-d)*S/(C-1);for(let{answer:S,from:R,
to:_}of He(k)){let[G,j]=[D(Math.max(0,R-.5)),D(Math.min(C-1,_+.5))];l.fillStyle=s.colors[S]??i.muted,l.fillRect(G,A+2,j-
G-1,4),l.font=`11.5px ${i.font}`,l.fillStyle=i.text;let z=s.short[S]??"";l.measureText(z).width<j-G&&l.fillText(z,G+1,A+
13)}l.strokeStyle=e(b),l.lineWidth=2,l.beginPath(),y.forEach((S,R)=>l.lineTo(D(R),A-(A-v-2)*S/c)),l.stroke(),l.font=`600\
 11.5px ${i.font}`,l.fillStyle=i.muted,l.fillText(b,d,v+6)}),l.font=`11.5px ${i.font}`,l.fillStyle=i.muted;let f=[t.first||
"now",t.second||"now"];l.fillText(f[0],d,n-7),l.fillText(f[1],p-l.measureText(f[1]).width,n-7);let g=t.paths.map(({name:b,
answers:k,entropy:y})=>`${b}: ${He(k).map(({answer:M})=>s.short[M]).join(" → ")}, largest ${V("predictive_entropy",Math.
max(...y))}`).join("; ");w(this.words,g),this.canvas.setAttribute("aria-label",`Walk from ${f[0]} to ${f[1]}. ${g}. Curv\
es: predictive entropy; strips: the answer.`)}};function He(o){let t=[];for(let e=0;e<o.length;e++){let s=t.at(-1);s?.answer===
o[e]?s.to=e:t.push({answer:o[e],from:e,to:e})}return t}var Ct=class{constructor(t,e,s,i){this.page=t,this.send=e,this.clock=s,this.later=i,this.n=Math.floor(1e6*Math.random()),
this.flying=null,this.gap=0,this.askedAt=-1/0,this.resting=!1,this.next=null}tell(t){return this.n+=1,this.send({...t,by:this.
page,n:this.n}),this.n}ask(t){this.next={action:"ask",probe:t},this.pump()}drop(){this.next=null}pump(){if(!this.next||this.
flying&&this.clock()-this.flying.since<1.5)return;let t=this.gap-(this.clock()-this.askedAt);if(t>1e-6){this.resting||this.
later(()=>this.rested(),t),this.resting=!0;return}this.askedAt=this.clock();let e=this.next;this.next=null;let s=this.flying=
{n:this.tell(e),since:this.clock()};this.later(()=>this.flying===s&&this.pump(),1.5)}rested(){this.resting=!1,this.pump()}answered({
by:t,n:e}){if(t!==this.page||!this.flying||e<this.flying.n)return null;let s=this.clock()-this.flying.since;return this.
flying=null,this.pump(),s}get busy(){return this.flying!==null||this.next!==null}};var Zt=new WeakMap;function Hs(o){let t=Zt.get(o);return t||(Zt.set(o,t=h("canvas",{class:"ame-probe-layer","aria-hidden":"\
true"})),o.canvas.after(t)),t}function Xe(o,t,e,s){if(!o.shown||!t?.answers.length&&!t?.kept.length&&!Zt.has(o))return;let{
arm:i,size:a,place:n,scene:r}=o.shown,{ink:l}=o.owner.lab,c=Hs(o);B(c);let d=E(c);if(d.setTransform(a.scale,0,0,a.scale,
0,0),d.clearRect(0,0,a.width,a.height),!t)return;d.lineJoin="round";let p=(k,y=0)=>q(n,k[2*y],k[2*y+1]),m=(k,y,M,v=[])=>{
d.strokeStyle=y,d.lineWidth=M,d.setLineDash(v),d.beginPath();for(let[A,C]of k)d.lineTo(A,C);d.stroke(),d.setLineDash([])},
u=t.walk?.paths.find(({name:k})=>k===i.name);if(u){let k=Array.from(u.answers,(y,M)=>p(u.points,M));m(k,l.card,5),m(k,l.
text,2),k.forEach(([y,M],v)=>N(d,{...o.owner.mark(r,u.answers[v]),halo:l.card},y,M,4))}for(let k of t.kept){let y=k.marks.
find(({name:M})=>M===i.name);y&&Ge(d,p(y.point),e(k.name),20,l)}let f=t.answers.find(({name:k})=>k===i.name),g=t.answers.
find(({name:k})=>k==="teacher");if(!f)return;let b=p(f.point);if(s.length>1&&m(s.map(([k,y])=>q(n,k,y)),l.accent,2),g&&t.
kind!=="text"){let k=p(g.point);m([b,k],l.text,1.5,[3,3]),N(d,{shape:"diamond",color:l.text,filled:!1,halo:l.card,inside:l.
card},...k,6.5),Ve(d,"teacher",k,9,l,"12px")}Ge(d,b,e(""),32,l)}function Ge(o,[t,e],{picture:s,kind:i,name:a},n,r){let l=n/
2;s?(o.fillStyle=r.card,o.fillRect(t-l-4,e-l-4,n+8,n+8),o.imageSmoothingEnabled=!1,o.drawImage(s,t-l,e-l,n,n),o.strokeStyle=
r.accent,o.lineWidth=3,o.strokeRect(t-l-2,e-l-2,n+4,n+4)):N(o,{shape:i==="text"?"star":"circle",color:r.accent,filled:!0,
halo:r.text,edge:.3},t,e,.42*n),Ve(o,a,[t,e],l+5,r)}function Ve(o,t,[e,s],i,a,n="600 13px"){if(!t)return;o.font=`${n} ${a.
font}`,o.textBaseline="middle";let r=o.measureText(t).width,l=e+i+r>o.canvas.clientWidth-2?e-i-r:e+i;o.lineWidth=4,o.strokeStyle=
a.card,o.fillStyle=a.text,o.strokeText(t,l,s),o.fillText(t,l,s)}var Ot={rotate:0,blur:0,noise:0,share:.5};function Lt(o,t,e){let s=new Float32Array(3*o*t);for(let i=0;i<s.length;i++)s[i]=
e[i%3];return{width:o,height:t,data:s}}var Nt=(o,t,e)=>({width:t,height:e,data:Float32Array.from(o)});function Us(o,t,e){
return{...o,data:o.data.map((s,i)=>s+e*(t.data[i]-s))}}function Ys(o,t,e){if(t%360===0)return o;let{width:s,height:i,data:a}=o,
n=Lt(s,i,e),[r,l]=[Math.cos(t*Math.PI/180),Math.sin(t*Math.PI/180)],[c,d]=[(s-1)/2,(i-1)/2],p=(m,u,f)=>m<0||u<0||m>=s||u>=
i?e[f]:a[3*(u*s+m)+f];for(let m=0;m<i;m++)for(let u=0;u<s;u++){let f=r*(u-c)+l*(m-d)+c,g=r*(m-d)-l*(u-c)+d,[b,k]=[Math.floor(
f),Math.floor(g)],[y,M]=[f-b,g-k];for(let v=0;v<3;v++)n.data[3*(m*s+u)+v]=(1-M)*((1-y)*p(b,k,v)+y*p(b+1,k,v))+M*((1-y)*p(
b,k+1,v)+y*p(b+1,k+1,v))}return n}function Gs(o,t){if(!(t>0))return o;let e=Math.ceil(3*t),s=Array.from({length:2*e+1},(l,c)=>Math.
exp(-((c-e)**2)/(2*t*t))),i=s.reduce((l,c)=>l+c,0),{width:a,height:n}=o,r=(l,c,d)=>{let p=new Float32Array(l.length);for(let m=0;m<
n;m++)for(let u=0;u<a;u++)for(let f=-e;f<=e;f++){let g=Math.max(0,Math.min(a-1,u+f*c)),b=Math.max(0,Math.min(n-1,m+f*d)),
k=s[f+e]/i;for(let y=0;y<3;y++)p[3*(m*a+u)+y]+=k*l[3*(b*a+g)+y]}return p};return{...o,data:r(r(o.data,1,0),0,1)}}function Xs(o,t){
if(!(t>0))return o;let e=2654435769,s=()=>(e^=e<<13,e^=e>>>17,e^=e<<5,(e>>>0)/4294967296),i=Float32Array.from(o.data);for(let a=0;a<
i.length;a+=3){let n=255*t*(s()+s()+s()-1.5);for(let r=0;r<3;r++)i[a+r]=Math.max(0,Math.min(255,i[a+r]+n))}return{...o,data:i}}
function Je(o,t,e,s){let i=t?Us(o,t,e.share):o;return Xs(Gs(Ys(i,e.rotate,s),e.blur),e.noise)}function Qe(o,t,e){let{width:s,
height:i}=o,a=Float32Array.from(o.data),n=s*e;for(let r=0;r<i;r++)for(let l=0;l<s;l++){let c=0,d=[0,0,0];for(let m=0;m<e;m++)
for(let u=0;u<e;u++){let f=4*((r*e+m)*n+l*e+u),g=t[f+3]/255;if(g){c+=g;for(let b=0;b<3;b++)d[b]+=g*t[f+b]}}if(!c)continue;
let p=3*(r*s+l);for(let m=0;m<3;m++)a[p+m]=(d[m]+(e*e-c)*a[p+m])/(e*e)}return{...o,data:a}}var te=({data:o})=>Uint8ClampedArray.
from(o,Math.round);function Ze(o){let t=te(o),e="";for(let s=0;s<t.length;s+=4096)e+=String.fromCharCode(...t.subarray(s,
s+4096));return{kind:"image",width:o.width,height:o.height,pixels:btoa(e)}}var ts=o=>`#${[0,1,2].map(t=>Math.max(0,Math.
min(255,Math.round(o[t]))).toString(16).padStart(2,"0")).join("")}`;var Vs=.03,Js=240,es=[["#1f1f1f","black"],["#ffffff","white"],["#d81e2c","red"],["#f28c1c","orange"],["#f9cc30","yellow"],
["#2e9e4f","green"],["#2b78d0","blue"],["#8645b8","purple"],["#f06ea9","pink"],["#8a5a35","brown"]],Qs=[["#000000","blac\
k"],["#555555","dark grey"],["#999999","grey"],["#cccccc","light grey"],["#ffffff","white"]],Pt=class{constructor(t,e){this.
lab=t,this.report=e,this.scale=10,this.ground=[255,255,255],this.base=Lt(24,24,this.ground),this.picked={first:null,second:null},
this.changes={...Ot},this.shown=this.base,this.image=this.base,this.strokes=[],this.stroke=null,this.color=es[2][0],this.
erasing=!1,this.pen={x:12,y:12,down:!1},this.due=0,this.finished=-1/0,this.layer=document.createElement("canvas"),this.canvas=
h("canvas",{class:"ame-pad",tabindex:"0",role:"application","data-testid":"pad","aria-label":"Drawing pad. Arrow keys mo\
ve the pen, Space puts it down or lifts it, Enter makes a dot, U undoes, X erases."}),this.seen=h("canvas",{class:"ame-p\
ad-seen","aria-hidden":"true",title:"What the models see"}),this.swatches=h("div",{class:"ame-swatches",role:"group","ar\
ia-label":"Colour"}),this.size=h("input",{type:"range",min:.5,max:8,step:.5,value:"2.5","aria-label":"Brush, pixels of t\
he image","data-testid":"brush"}),this.eraser=h("button",{type:"button",class:"ame-quiet","aria-pressed":"false",title:"\
Erase (X)",onclick:()=>this.erase(!this.erasing)},"Eraser"),this.undoing=h("button",{type:"button",class:"ame-quiet",title:"\
Undo the last stroke (U)","data-testid":"undo",onclick:()=>this.undo()},"Undo"),this.clearing=h("button",{type:"button",
class:"ame-quiet",title:"Empty the pad","data-testid":"clear-pad",onclick:()=>this.clear()},"Clear"),this.el=h("div",{class:"\
ame-pad-box"},h("div",{class:"ame-pad-row"},this.canvas,h("div",{class:"ame-pad-tools"},this.swatches,h("label",{class:"\
ame-pad-size"},"Brush",this.size),h("div",{},this.eraser,this.undoing,this.clearing),h("div",{class:"ame-pad-note"},this.
seen,h("span",{class:"ame-muted"},"as the models see it"))))),this.canvas.addEventListener("pointerdown",s=>this.down(s)),
this.canvas.addEventListener("pointermove",s=>this.move(s)),this.canvas.addEventListener("pointerup",()=>this.lift()),this.
canvas.addEventListener("pointercancel",()=>this.lift()),this.canvas.addEventListener("keydown",s=>this.key(s)),this.canvas.
addEventListener("focus",()=>this.paint()),this.canvas.addEventListener("blur",()=>{this.pen.down=!1,this.lift(),this.paint()})}world([
t,e,s],i){this.ground=i,this.scale=Math.max(1,Math.round(Js/Math.max(e,s))),this.base=Lt(s,e,this.ground),this.picked={first:null,
second:null},this.strokes=[],this.canvas.width=this.layer.width=s*this.scale,this.canvas.height=this.layer.height=e*this.
scale,this.seen.width=s,this.seen.height=e,this.pen={x:s/2,y:e/2,down:!1},this.size.max=String(Math.max(2,Math.round(e/3))),
this.size.value=String(Math.max(.5,Math.round(e/9)));let a=t===1?Qs:es,n=i[0]+i[1]+i[2]<382;this.color=t===1?n?"#ffffff":
"#000000":a[2][0],this.swatches.replaceChildren(...a.map(([r,l])=>h("button",{type:"button",class:"ame-swatch-button",style:`\
background: ${r}`,title:l,"aria-label":l,"data-color":r,onclick:()=>this.pickColor(r)})),t===1?"":h("input",{type:"color",
"aria-label":"Another colour",value:"#d81e2c",oninput:r=>this.pickColor(r.target.value)})),this.pickColor(this.color),this.
renew(!1)}pickColor(t){this.color=t,this.erase(!1);for(let e of this.swatches.querySelectorAll("button"))e.setAttribute(
"aria-pressed",String(e.dataset.color===t))}erase(t){this.erasing=t,this.eraser.setAttribute("aria-pressed",String(t))}get empty(){
return!this.strokes.length&&!this.picked.first}take(t,e){this.picked[t]=e,t==="first"&&(this.strokes=[]),this.renew()}load(t){
this.picked={first:t,second:null},this.strokes=[],this.changes={...Ot},this.renew()}clear(){this.picked={first:null,second:null},
this.strokes=[],this.changes={...Ot},this.renew(),this.lab.say("The pad is empty.")}undo(){if(this.stroke=null,!this.strokes.
pop())return this.lab.say("Nothing to undo.");this.lab.say("Undone."),this.renew()}renew(t=!0){let e=this.picked.first??
this.base;this.shown=Je(e,this.picked.second,this.changes,this.ground);let s=E(this.layer,{willReadFrequently:!0});s.clearRect(
0,0,this.layer.width,this.layer.height);for(let i of this.strokes)for(let a=0;a<i.points.length;a++)this.segment(s,i,a);
this.finish(t)}segment(t,{color:e,size:s,points:i},a){let{scale:n}=this,[r,l,c]=i[a],[d,p]=i[Math.max(0,a-1)];t.strokeStyle=
e,t.lineWidth=s*n*c,t.lineCap=t.lineJoin="round",t.beginPath(),t.moveTo(d*n,p*n),t.lineTo(r*n+(a?0:.01),l*n),t.stroke()}finish(t){
this.finished=T();let{layer:e,scale:s}=this,{data:i}=E(e,{willReadFrequently:!0}).getImageData(0,0,e.width,e.height);this.
image=Qe(this.shown,i,s),this.undoing.disabled=!this.strokes.length,this.paint(),t&&this.report(this.image)}paint(){let{
canvas:t,shown:e,scale:s,image:i}=this,a=E(t);Dt(this.seen,i);let n=document.createElement("canvas");if(n.width=e.width,
n.height=e.height,Dt(n,e),a.imageSmoothingEnabled=!1,a.drawImage(n,0,0,t.width,t.height),a.drawImage(this.layer,0,0),document.
activeElement!==t||!t.matches(":focus-visible"))return;let[r,l,c]=[this.pen.x*s,this.pen.y*s,Math.max(3,Number(this.size.
value)*s/2)];for(let[d,p]of[["#fff",4],[this.pen.down?"#d81e2c":"#1f1f1f",2]])a.strokeStyle=d,a.lineWidth=p,a.beginPath(),
a.arc(r,l,c,0,2*Math.PI),a.stroke()}begin(t,e,s=1){this.stroke={color:this.erasing?ts(this.ground):this.color,size:Number(
this.size.value),points:[]},this.strokes.push(this.stroke),this.extend(t,e,s)}extend(t,e,s=1){if(this.stroke&&(this.stroke.
points.push([t,e,s]),this.segment(E(this.layer,{willReadFrequently:!0}),this.stroke,this.stroke.points.length-1),!this.due)){
if(T()-this.finished>Vs)return this.finish(!0);this.due=requestAnimationFrame(()=>{this.due=0,this.finish(!0)})}}lift(){
this.stroke=null}place(t){let e=this.canvas.getBoundingClientRect(),s=t.pointerType==="pen"&&t.pressure>0?.4+1.2*t.pressure:
1;return[(t.clientX-e.left)/e.width*this.base.width,(t.clientY-e.top)/e.height*this.base.height,s]}down(t){if(!(t.button>
0&&t.button!==5)){t.preventDefault(),this.canvas.focus({preventScroll:!0});try{this.canvas.setPointerCapture(t.pointerId)}catch{}
t.button===5&&this.erase(!0),this.begin(...this.place(t))}}move(t){if(!(!this.stroke||!t.buttons)){for(let e of t.getCoalescedEvents?.()??
[])this.extend(...this.place(e));this.extend(...this.place(t))}}key(t){let{pen:e,base:s}=this,i=t.key.toLowerCase()==="z"&&
(t.ctrlKey||t.metaKey);if((t.ctrlKey||t.metaKey||t.altKey)&&!i)return;let a=(t.shiftKey?4:1)*Math.max(.5,s.width/24),r={
ArrowLeft:[-a,0],ArrowRight:[a,0],ArrowUp:[0,-a],ArrowDown:[0,a]}[t.key],l=i?"u":t.key.toLowerCase();!r&&![" ","enter","\
u","x"].includes(l)||(t.preventDefault(),t.stopPropagation(),r?(e.x=Math.max(0,Math.min(s.width,e.x+r[0])),e.y=Math.max(
0,Math.min(s.height,e.y+r[1])),e.down&&this.extend(e.x,e.y)):l===" "?(e.down=!e.down,e.down?this.begin(e.x,e.y):this.lift(),
this.lab.say(e.down?"Pen down.":"Pen up.")):l==="enter"?(this.begin(e.x,e.y),e.down||this.lift()):l==="u"?this.undo():(this.
erase(!this.erasing),this.lab.say(this.erasing?"Eraser.":"Brush.")),r&&!e.down&&this.lab.say(`${Math.round(e.x)} across,\
 ${Math.round(e.y)} down`),this.paint())}};function Dt(o,t){let e=te(t),s=new ImageData(t.width,t.height);for(let i=0,a=0;i<
s.data.length;i+=4,a+=3)s.data[i]=e[a],s.data[i+1]=e[a+1],s.data[i+2]=e[a+2],s.data[i+3]=255;o.width=t.width,o.height=t.
height,E(o).putImageData(s,0,0)}var Zs=.8,ss={playing:.25,still:.03},ti=80,Rt=class{constructor(t){this.lab=t,this.world=null,this.state=null,this.given=
null,this.mode="image",this.saying=0,this.asker=new Ct(t.client.page,a=>t.command("probe",a),T,(a,n)=>{setTimeout(a,1e3*
n)}),this.trails=new Map,this.keptShown=new $,this.keptPictures=new Map,this.ids={first:null,second:null},this.pad=new Pt(
t,a=>this.drawn(a)),this.answers=new $t(t),this.walk=new It(t);let e=(a,n,r,l="ame-button")=>h("button",{type:"button",class:l,
"data-testid":n,onclick:r},a);this.modes={image:e("Draw or pick","probe-image",()=>this.setMode("image"),"ame-quiet"),text:e(
"Type","probe-text-mode",()=>this.setMode("text"),"ame-quiet")},this.text=h("input",{type:"text",maxlength:200,placeholder:"\
a sad cat","aria-label":"Text to put on the maps","data-testid":"probe-text",spellcheck:"false",oninput:()=>this.typed()}),
this.texts=h("select",{"aria-label":"Class text to put on the maps","data-testid":"probe-class-text",onchange:()=>this.typed()}),
this.list=h("datalist",{id:`${t.client.page}-captions`});let s=(a,n)=>{let r=h("input",{type:"text",list:this.list.id,placeholder:"\
caption or number","aria-label":n,"data-testid":`pick-${a}`,onchange:()=>this.choose(a,r.value)});return{field:r,el:h("l\
abel",{class:"ame-probe-pick"},h("span",{},n),r,h("button",{type:"button",class:"ame-quiet",title:"Take the image that i\
s selected on the map",onclick:()=>this.chooseSelected(a)},"Selected"),h("button",{type:"button",class:"ame-quiet",title:"\
Let go of it","aria-label":`No ${n.toLowerCase()}`,onclick:()=>this.letGo(a)},"×"))}};this.picks={first:s("first","Imag\
e"),second:s("second","Blend with")};let i=(a,n,r,l,c)=>h("label",{},h("span",{},n),h("input",{type:"range",min:r,max:l,
step:c,value:String(this.pad.changes[a]),"data-change":a,"data-testid":`change-${a}`,oninput:d=>this.change(a,Number(d.target.
value))}));this.share=i("share","Blend",0,1,.01),this.edits=h("div",{class:"ame-probe-edits"},i("rotate","Rotate",-180,180,
1),i("blur","Blur",0,4,.1),i("noise","Noise",0,1,.02)),this.note=h("p",{class:"ame-probe-note",role:"status","data-testi\
d":"probe-note"}),this.cannot=h("p",{class:"ame-muted","data-testid":"probe-cannot",hidden:!0}),this.imageBox=h("div",{class:"\
ame-probe-input"},this.pad.el,this.picks.first.el,this.picks.second.el,this.share,this.edits),this.textBox=h("div",{class:"\
ame-probe-input",hidden:!0},h("label",{class:"ame-field"},this.text,this.texts)),this.name=h("input",{type:"text",maxlength:40,
placeholder:"name","aria-label":"Name of the probe","data-testid":"probe-name"}),this.keeping=h("button",{type:"submit",
class:"ame-button","data-testid":"keep-probe"},"Keep"),this.kept=h("ul",{class:"ame-probe-kept","aria-label":"Kept probe\
s","data-testid":"kept-probes"}),this.ends=[0,1].map(a=>h("select",{"aria-label":a?"Walk to":"Walk from","data-testid":`\
walk-${a}`})),this.walking=e("Walk","walk-start",()=>this.startWalk()),this.stopping=e("×","walk-stop",()=>this.asker.tell(
{action:"walk",between:null}),"ame-quiet"),this.stopping.setAttribute("aria-label","End the walk"),this.walkBox=h("div",
{class:"ame-field ame-probe-walk"},this.ends[0],"→",this.ends[1],this.walking,this.stopping),this.empty=h("p",{class:"\
ame-muted"},"Draw, pick an image or type a text: it appears on every map, with the answers of the teacher and each stude\
nt."),this.el=h("section",{class:"ame-card ame-probe","aria-label":"Probe","data-testid":"probe"},h("header",{},h("h3",{},
"Probe"),h("div",{class:"ame-group",role:"group","aria-label":"Kind of probe"},this.modes.image,this.modes.text),h("span",
{class:"ame-push"}),e("Take off","probe-clear",()=>this.clear(),"ame-quiet")),this.cannot,this.list,h("div",{class:"ame-\
probe-body"},h("div",{},this.imageBox,this.textBox,h("form",{class:"ame-field",onsubmit:a=>this.keep(a)},this.name,this.
keeping)),h("div",{class:"ame-probe-said"},this.note,this.empty,this.answers.el),h("div",{class:"ame-probe-more"},this.kept,
this.walkBox,this.walk.el))),this.setMode("image")}retained(t,e){t==="probe_world"?this.meet(e):t==="probe"?this.answered(
e):t==="picked"&&e.by===this.lab.client.page&&this.picked(e)}meet(t){this.world=t,x(this.cannot,!!t.cannot),w(this.cannot,
t.cannot),x(this.pad.el,t.shape!==null),x(this.edits,t.shape!==null),w(this.modes.image,t.shape?"Draw or pick":"Pick"),x(
this.text,t.reads_text),x(this.texts,!t.reads_text),t.shape&&this.pad.world(t.shape,t.ground),this.given=null,this.ids={
first:null,second:null}}scene(t){this.list.replaceChildren(...[...t.ids].slice(0,2e3).map((e,s)=>h("option",{value:`${t.
captions[s]??t.class_names[t.labels[s]]} · ${e}`}))),this.texts.replaceChildren(h("option",{value:""},"choose a class t\
ext"),...t.class_names.map(e=>h("option",{value:e},e)))}answered(t){let e=this.asker.answered(t);e!==null&&(this.el.dataset.
taken=e.toFixed(4));let s=this.state?.n!==t.n;s&&this.trails.clear();for(let{name:i,point:a}of t.answers){let n=this.trails.
get(i)??[];n.push([a[0],a[1]]),this.trails.set(i,n.slice(-ti))}this.state=t,(s||t.error)&&(window.clearTimeout(this.saying),
t.by===this.lab.client.page&&(this.saying=window.setTimeout(()=>this.say(),1e3*Zs))),this.show()}say(){this.state&&!this.
state.error&&!this.asker.busy&&this.lab.say([this.state.remark,this.answers.sentence(this.state)].filter(Boolean).join("\
 "))}show(){let{state:t}=this;if(!t)return;let e=t.error??t.remark;w(this.note,e),this.note.classList.toggle("ame-probe-\
wrong",t.error!==null),x(this.empty,!t.kind&&!t.error&&!t.kept.length),this.answers.draw(t),this.drawKept(t),this.walk.draw(
t,s=>this.answers.color(s)),x(this.stopping,t.walk!==null),this.paint(),Object.assign(this.el.dataset,{answered:t.n,steps:t.
answers.map(({step:s})=>s??"").join(" ")})}paint(){for(let t of this.lab.manifold.panes)this.paintOn(t)}paintOn(t){Xe(t,
this.state,e=>this.lookOf(e),this.trails.get(t.shown?.arm.name??"")??[])}lookOf(t){if(t)return{picture:this.keptPictures.
get(t)??null,kind:this.state?.kept.find(s=>s.name===t)?.kind??null,name:t};let e=this.state?.kind??null;return{picture:e===
"image"&&this.world?.shape?this.pad.seen:null,kind:e,name:e==="text"?this.given?.text??"your text":""}}drawKept({kept:t}){
let{scene:e}=this.lab,s=t.map(({name:i})=>i);if(this.keptShown.isNew(t.map(({name:i,kind:a,text:n,id:r,pixels:l})=>[i,a,
n,r,l&&l.join()]))){this.keptPictures.clear();for(let{name:i,pixels:a}of t){if(!a)continue;let n=h("canvas",{class:"ame-\
thumb-small","aria-hidden":"true"});Dt(n,Nt(a,a.shape[1],a.shape[0])),this.keptPictures.set(i,n)}this.kept.replaceChildren(
...t.map(i=>{let a=h("input",{type:"text",value:i.name,maxlength:40,"aria-label":`Name of ${i.name}`,onchange:()=>this.asker.
tell({action:"rename",name:i.name,to:a.value})});return h("li",{},h("button",{type:"button",class:"ame-probe-thumb",title:"\
Go on with it","aria-label":`Go on with ${i.name}`,onclick:()=>this.resume(i)},this.keptPictures.get(i.name)??"★"),a,h(
"span",{class:"ame-muted"}),h("button",{type:"button",class:"ame-quiet","aria-label":`Forget ${i.name}`,title:"Forget",onclick:()=>this.
asker.tell({action:"forget",name:i.name})},"×"))})),this.ends.forEach((i,a)=>{let n=i.value,r=["",...s];i.replaceChildren(
...r.map(l=>h("option",{value:l},l||"the probe now"))),i.value=r.includes(n)&&(n||a)?n:s[a?s.length-1:0]??"",a&&s.length<
2&&(i.value="")}),this.lab.again()}t.forEach(({marks:i},a)=>w(this.kept.children[a].children[2],i.map(({name:n,answer:r,
share:l})=>`${n}: ${e?.short[r]??r} ${Math.round(100*l)} %`).join(" · "))),x(this.walkBox,t.length>0)}get token(){return this.
state?.token?`+${this.state.token}`:""}setMode(t){this.mode=t;for(let[e,s]of Object.entries(this.modes))s.setAttribute("\
aria-pressed",String(e===t));x(this.imageBox,t==="image"),x(this.textBox,t==="text")}ask(t){this.given=t,this.asker.ask(
t)}drawn(t){this.pad.empty?this.clear(!1):this.ask(Ze(t))}typed(){let t=this.world?.reads_text===!1?this.texts.value:this.
text.value;t.trim()?this.ask({kind:"text",text:t}):this.clear(!1)}choose(t,e){let{scene:s}=this.lab,i=e.trim();if(!i)return this.
letGo(t);let a=s?.captions.indexOf(i)??-1,n=i.match(/(?:^|· )(\d+)$/)?.[1]??(a>=0?String(s?.ids[a]):"");if(!n){w(this.note,
`No image is called “${i.slice(0,40)}”: choose one from the list, or type its number.`);return}this.pickId(t,Number(
n))}chooseSelected(t){let[e]=this.lab.frame.selection;if(e===void 0){w(this.note,"Select an image on a map first: click \
it.");return}let s=this.lab.rowOf.get(e);this.picks[t].field.value=`${s===void 0?"":this.lab.scene?.captions[s]??""} · ${e}`,
this.pickId(t,e)}pickId(t,e){this.world?.shape?this.asker.tell({action:"pick",id:e,role:t}):(this.ids[t]=e,this.askRow())}letGo(t){
this.picks[t].field.value="",this.ids[t]=null,this.lab.again(),this.world?.shape?this.pad.take(t,null):this.askRow()}askRow(){
this.lab.again();let{first:t,second:e}=this.ids;if(t===null)return this.clear(!1);this.ask({kind:"row",id:t,other:e,share:e===
null?0:this.pad.changes.share})}picked({role:t,pixels:e}){this.setMode("image"),this.pad.take(t,Nt(e,e.shape[1],e.shape[0])),
this.lab.again()}change(t,e){this.pad.changes={...this.pad.changes,[t]:e},this.world?.shape?this.pad.renew():this.askRow()}keep(t){
if(t.preventDefault(),!this.given){w(this.note,"Draw something, pick an image or type a text first.");return}this.asker.
tell({action:"keep",probe:this.given,name:this.name.value}),this.name.value=""}resume({kind:t,text:e,id:s,pixels:i}){this.
setMode(t==="text"?"text":"image"),t==="text"?(this.text.value=this.texts.value=e,this.typed()):i?this.pad.load(Nt(i,i.shape[1],
i.shape[0])):this.pickId("first",s)}startWalk(){this.asker.tell({action:"walk",between:this.ends.map(t=>t.value)})}clear(t=!0){
if(this.given=null,this.asker.drop(),this.asker.tell({action:"clear"}),!!t){this.text.value=this.texts.value="";for(let{
field:e}of Object.values(this.picks))e.value="";this.ids={first:null,second:null},this.world?.shape&&!this.pad.empty&&this.
pad.clear()}}draw(t){let e=this.lab.locked("probe")||t.state==="closed"||!this.world;this.el.inert!==e&&(this.el.inert=e),
this.el.classList.toggle("ame-probe-off",e),this.asker.gap=t.state==="playing"&&t.speed===null?ss.playing:ss.still;let s=this.
pad.picked.second!==null||this.ids.second!==null;x(this.share,s),this.state?.walk&&this.walk.draw(this.state,i=>this.answers.
color(i));for(let i of this.el.querySelectorAll("input[data-change]")){let a=String(this.pad.changes[i.dataset.change]);
document.activeElement!==i&&i.value!==a&&(i.value=a)}}};var ei="Start a new branch from this step (F)",si=.6,is=({step:o,text:t})=>`${t} from step ${o} on`,Bt=class{constructor(t){
this.lab=t,this.shown=0,this.touched=-1/0,this.step=0,this.send=tt(e=>t.command("scrub",{step:e}),80),this.range=h("inpu\
t",{type:"range",min:0,max:1,step:1,"data-testid":"scrubber","aria-label":"Recorded steps",class:"ame-scrub",oninput:()=>this.
moved()}),this.live=h("button",{type:"button",class:"ame-button","data-testid":"live-head",onclick:()=>t.command("scrub",
{step:null}),title:"Back to the newest step (L)"},"Back to live"),this.fork=h("button",{type:"button",class:"ame-button",
"data-testid":"fork","aria-expanded":"false",onclick:()=>this.toggle(),title:ei},"Fork from here…"),this.bars=h("div",
{class:"ame-branches",role:"list","aria-label":"Branches","data-testid":"branches"}),this.marks=[],this.arm=h("select",{
"aria-label":"Branch off","data-testid":"fork-arm",onchange:()=>this.editor()}),this.from=h("span",{"data-testid":"fork-\
step"}),this.field=h("select",{"aria-label":"Dial to change","data-testid":"fork-field",onchange:()=>this.editor()}),this.
input=null,this.value=h("span",{}),this.again=h("p",{class:"ame-muted ame-repeats",role:"status"}),this.form=h("form",{class:"\
ame-fork",hidden:!0,"data-testid":"fork-form",onsubmit:e=>this.submit(e),onkeydown:e=>e.key==="Escape"&&this.toggle(!1)},
h("label",{},"Branch off ",this.arm),this.from,h("label",{},"and set ",this.field),this.value,h("button",{type:"submit",
class:"ame-button ame-primary","data-testid":"fork-go"},"Fork and run on"),h("button",{type:"button",class:"ame-button",
onclick:()=>this.toggle(!1)},"Cancel"),this.again),this.note=h("p",{class:"ame-scrub-note",hidden:!0}),this.el=h("div",{
class:"ame-timeline",role:"group","aria-label":"Time"},h("div",{class:"ame-scrub-row"},h("div",{class:"ame-track"},this.
range,this.bars),this.live,this.fork),this.note,this.form)}toggle(t=this.form.hidden){if(this.form.hidden=!t,this.fork.setAttribute(
"aria-expanded",String(t)),!t)return this.fork.focus();let{frame:e}=this.lab;this.step=K(e),w(this.from,`at step ${this.
step}`),this.arm.replaceChildren(...e.arms.map(a=>h("option",{value:a.name,title:a.label},a.name)));let s=e.dials.filter(
a=>a.steerable&&!a.locked);this.field.replaceChildren(h("option",{value:""},"nothing"),...s.map(a=>h("option",{value:a.field},
a.label))),s.length&&(this.field.value=(s.find(({field:a})=>a==="omega")??s[0]).field);let i=e.arms.at(-1);i&&(this.arm.
value=i.name),this.editor(),this.field.focus()}editor(){let{frame:t}=this.lab,e=t.dials.find(({field:r})=>r===this.field.
value),s=t.arms.find(({name:r})=>r===this.arm.value),i=(s?.turns??[]).filter(({step:r,field:l})=>r>this.step&&l!==this.field.
value);if(w(this.again,s&&i.length?`The fork repeats the later changes of ${s.name}: ${i.map(is).join("; ")}.`:""),this.
input=null,!e)return this.value.replaceChildren();let a=e.values[this.arm.value]??e.value,n={"aria-label":`New value of ${e.
label}`,"data-testid":"fork-value"};if(e.kind==="number"){let r=e.step??(e.whole?1:"any");this.input=h("input",{...n,type:"\
number",step:r,min:e.low,max:e.high,value:a??"",required:!0})}else{let r=e.kind==="switch"?[!0,!1]:e.choices;this.input=
h("select",n,r.map(l=>h("option",{value:JSON.stringify(l)},nt(l)))),this.input.value=JSON.stringify(e.kind==="switch"?!a:
a)}this.value.replaceChildren("to ",this.input)}submit(t){t.preventDefault();let{input:e}=this,s=e?e.type==="number"?Number(
e.value):JSON.parse(e.value):null;this.lab.command("fork",{step:this.step,field:this.field.value||null,value:s,arm:this.
arm.value,play:!0}),this.toggle(!1)}moved(){let t=Te(this.lab.frame.recorded_steps,this.shown,Number(this.range.value));
this.range.value=String(t),this.shown=t,this.touched=T(),this.send(t)}draw(t){let e=Math.max(1,t.steps),s=t.recorded_steps.
length>0;this.range.max!==String(e)&&(this.range.max=String(e)),T()-this.touched>=si&&(this.shown=K(t),this.range.value!==
String(this.shown)&&(this.range.value=String(this.shown))),this.range.setAttribute("aria-valuetext",`step ${this.shown} \
of ${e}`),this.range.disabled=this.lab.locked("scrub")||!s;let i=Y(t);this.live.disabled=!i,this.fork.disabled=this.lab.
locked("fork")||!s||t.state==="preparing"||t.state==="closed",x(this.note,i),i&&w(this.note,`Looking back at step ${t.scrubbed}\
; the newest is ${t.recorded_steps.at(-1)??t.step}. Dials and curves are as they were then: fork from here to change one\
, or go back to live.`),(!i||t.arms.length!==this.bars.children.length)&&this.branches(t,e)}branches({arms:t},e){for(;this.
bars.children.length>t.length;)this.bars.lastChild?.remove();for(;this.bars.children.length<t.length;)this.bars.append(h(
"div",{role:"listitem",class:"ame-branch"},h("span",{class:"ame-branch-rail"},h("i",{}),h("span",{})),h("span",{class:"a\
me-branch-name"})));t.forEach((s,i)=>{let a=this.bars.children[i],[n,r]=a.children,[l,c]=n.children,d=s.fork_step??0;l.style.
left=`${100*d/e}%`,l.style.width=`${100*Math.max(0,s.step-d)/e}%`,l.style.background=L(i),w(r,s.name),this.marks[i]??=new $,
this.marks[i].isNew([s.turns,e])&&c.replaceChildren(...s.turns.map(p=>h("b",{style:`left: ${100*p.step/e}%`,title:is(p)}))),
a.title=`${s.label}: step ${s.step}${s.finished?", finished":""}`})}};var as={play:"M4 2.5v11l9-5.5z",pause:"M4 2.5h3v11H4zM9.5 2.5h3v11h-3z",step:"M3 2.5v11l7-5.5zM11 2.5h2.2v11H11z",epoch:"\
M2 2.5v11l5.5-5.5zM7.5 2.5v11L13 8zM13 2.5h1.5v11H13z",reset:"M8 2.2a5.8 5.8 0 1 0 5.6 4.3h-2A3.9 3.9 0 1 1 8 4.1c1 0 2 \
.4 2.7 1.1L8.6 7.3H14V1.9l-1.9 1.9A5.8 5.8 0 0 0 8 2.2z"},ii=[["","full speed"],[50,"50 steps/s"],[20,"20 steps/s"],[5,"\
5 steps/s"],[1,"1 step/s"]],ai={paused:"Paused",playing:"Training",finished:"Finished",failed:"Failed",closed:"Closed",preparing:"\
Preparing",waiting:"Connecting"},Ft=class{constructor(t){this.lab=t;let e=(s,i,a,n,r)=>h("button",{type:"button",class:"\
ame-button","data-testid":i,title:n,onclick:r},h("svg",{viewBox:"0 0 16 16",width:14,height:14,"aria-hidden":"true",fill:"\
currentColor"},h("path",{d:as[s]})),h("span",{},a));this.play=e("play","play","Play","Play or pause (K)",()=>t.toggle()),
this.play.classList.add("ame-primary"),this.step=e("step","step-one","Step","One minibatch (S)",()=>t.command("step")),this.
epoch=e("epoch","epoch","Epoch","One pass over the shots (E)",()=>t.command("epoch")),this.reset=e("reset","reset","Rese\
t","Back to step 0 of the original or restored recipe: steering is undone and forks are dropped (R)",()=>t.anew(()=>t.command(
"reset"))),this.speed=h("select",{"data-testid":"speed","aria-label":"Speed",title:"Speed",onchange:()=>t.command("speed",
{value:this.speed.value===""?null:Number(this.speed.value)})},ii.map(([s,i])=>h("option",{value:s},i))),this.state=h("sp\
an",{class:"ame-state","data-testid":"state"}),this.count=h("span",{class:"ame-count","data-testid":"step"}),this.where=
h("span",{class:"ame-muted"}),this.el=h("div",{class:"ame-transport",role:"group","aria-label":"Training"},this.play,this.
step,this.epoch,this.reset,this.speed,this.state,this.count,this.where)}draw(t){let{state:e}=t,s=e==="playing",i=s?"Paus\
e":e==="finished"?"Play again":"Play";this.play.dataset.name!==i&&(this.play.dataset.name=i,this.play.querySelector("pat\
h")?.setAttribute("d",as[s?"pause":"play"]),w(this.play.lastChild,i),this.play.setAttribute("aria-label",`${i} ${t.recording?
"the recording":"training"}`));let a=e==="preparing"||e==="closed"||e==="waiting",n=t.prediction?.waiting??!1,r=(m,u,f=!0)=>m.
disabled=a||this.lab.locked(u)||!f;r(this.play,"play",s||!(n||e==="failed")),r(this.step,"step",!(n||e==="finished"||e===
"failed")),r(this.epoch,"epoch",!(n||e==="finished"||e==="failed"));let l=t.steps_per_epoch,c=l===1?"here one minibatch \
holds all the shots, so it is one step":l?`${l} minibatches`:"";this.epoch.title=`One pass over the shots (E)${c&&`: ${c}`}`,
r(this.reset,"reset"),r(this.speed,"speed"),this.play.title=n?"Commit your prediction first":"Play or pause (K)";let d=String(
t.speed??"");document.activeElement!==this.speed&&this.speed.value!==d&&([...this.speed.options].some(m=>m.value===d)||this.
speed.append(h("option",{value:d},`${d} steps/s`)),this.speed.value=d);let p=Y(t);this.state.dataset.state=p?"back":e,w(
this.state,p?"Looking back":t.recording&&s?"Playing":ai[e]),w(this.count,`step ${K(t)} of ${t.steps||"–"}`),w(this.where,
e==="preparing"?t.progress?.text??"":l&&l!==1?`epoch ${P(t.epoch)}`:"")}};var ni=[["K","play or pause"],["S","one minibatch"],["E","one epoch"],["R","reset"],["[ and ]","earlier and later record\
ed step"],["L","back to live"],["F","fork from here"],["D","to the dials"],["M","to the manifold"],["P","fill the browse\
r, and back"],["?","this list"]],ns=["change:images","change:arrangement","change:opened"],oi={predict:"Predict",dials:"\
Dials",breaks:"Break it",charts:"Curves",diagnosis:"Diagnosis",delta:"Last step",selection:"Selection",probe:"Probe",recipe:"\
Recipe"},_t=class{constructor(t){this.client=t,this.scene=null,this.scenes=0,this.pictures=null,this.frame=ct,this.rowOf=
new Map,this.heard=new Set,this.newest="",this.ink=this.readInk(),this.cursor=null,this.unfocused=null,this.inside=!1,this.
due=this.cursorDue=0,this.finishedAt=-1/0,this.quiet=0,this.lateBy=0,this.gone=!1,this.act=()=>{},this.transport=new Ft(
this),this.timeline=new Bt(this),this.manifold=new yt(this),this.charts=new dt(this),this.dials=new pt(this),this.probe=
new Rt(this);let e={predict:new At(this),dials:this.dials,breaks:new ut(this),charts:this.charts,diagnosis:new xt,delta:new St,
selection:new Tt(this),probe:this.probe,recipe:new Et(this)};this.fixed={transport:this.transport,timeline:this.timeline,
manifold:this.manifold},this.live=h("div",{class:"ame-hidden",role:"log","aria-live":"polite","data-testid":"said"}),this.
error=h("div",{class:"ame-error",role:"alert","data-testid":"error",hidden:!0}),this.note=h("div",{class:"ame-note",role:"\
status","data-testid":"note",hidden:!0}),this.progress=h("progress",{max:1,value:0,"aria-label":"Preparation",hidden:!0}),
this.caption=h("p",{class:"ame-caption","data-testid":"caption"}),this.help=h("dialog",{class:"ame-keys","aria-label":"K\
eyboard"},h("h3",{},"Keyboard, while the focus is in the lab"),h("dl",{},ni.map(([s,i])=>[h("dt",{},h("kbd",{},s)),h("dd",
{},i)])),h("p",{},"In a manifold: arrows move, + and − zoom, 0 shows everything, N and B go from image to image, Enter s\
elects, Esc clears, I shows images or dots."),h("button",{type:"button",class:"ame-button",onclick:()=>this.help.close()},
"Close")),this.losing=h("p",{}),this.sure=h("dialog",{class:"ame-keys","aria-label":"Start over?","data-testid":"sure"},
h("h3",{},"Start over?"),this.losing,h("div",{class:"ame-choices"},h("button",{type:"button",class:"ame-button ame-prima\
ry","data-testid":"keep",autofocus:!0,onclick:()=>this.sure.close()},"Keep the run"),h("button",{type:"button",class:"am\
e-button","data-testid":"drop",onclick:()=>this.dropped()},"Start over"))),this.finding=new Mt(()=>this.layout.open("dia\
gnosis")),this.said=h("div",{class:"ame-said"},this.caption,this.finding.el),this.layout=new mt(this,e,oi,[this.manifold.
el,this.said]),this.el=h("div",{class:"ame-lab","data-testid":"lab",role:"region","aria-label":"Live lab",tabindex:"-1",
onkeydown:s=>this.key(s),"oname-size":()=>this.again(),onfocusin:()=>this.inside=!0,onfocusout:s=>this.focusLeft(s)},h("\
div",{class:"ame-bar"},this.transport.el,h("div",{class:"ame-menu"},this.layout.arrange,this.layout.present,h("button",{
type:"button",class:"ame-quiet ame-keys-button",title:"Keyboard shortcuts (?)",onclick:()=>this.help.showModal()},"Keys")),
this.progress,this.timeline.el),this.error,this.note,this.layout.el,this.help,this.sure,this.layout.dialog,this.live),this.
themes=new MutationObserver(()=>requestAnimationFrame(()=>this.theme())),this.themes.observe(document.body,{attributes:!0,
attributeFilter:["data-jp-theme-light","data-jp-theme-name","class"]}),requestAnimationFrame(()=>this.theme()),this.sizes=
new ResizeObserver(()=>{this.layout.fit(),this.again()}),this.sizes.observe(this.el),this.onTrait=()=>this.again();for(let s of ns)
t.model.on(s,this.onTrait);this.draw(this.frame)}close(){this.themes.disconnect(),this.sizes.disconnect(),this.layout.close();
for(let t of ns)this.client.model.off(t,this.onTrait)}retained(t,e){if(this.probe.retained(t,e),t!=="scene")return;let s=e;
this.scene=s,this.scenes+=1,this.pictures=null,s.thumbnails&&this.decode(s,s.thumbnails),this.rowOf=new Map([...s.ids].map(
(i,a)=>[i,a])),this.manifold.scene(s),this.probe.scene(s),this.again()}async decode(t,e){try{let s=await ft.load(e);if(this.
scene!==t)return;this.pictures=s,this.scenes+=1,this.manifold.forget(),this.again()}catch(s){console.error("ame_explore:\
 the images could not be decoded",s)}}draw(t){he(()=>this.write(t)),this.keepFocus()}write(t){let{state:e}=t;e==="finish\
ed"&&this.frame.state==="playing"&&(this.finishedAt=T()),this.frame=t;let s=t.show&&new Set(t.show);for(let[n,r]of Object.
entries(this.fixed)){let l=s!==null&&!s.has(n);r.el.classList.toggle("ame-off",l),l||r.draw(t)}this.layout.draw(t),this.
finding.draw(t,(s===null||s.has("diagnosis"))&&!this.layout.isOpen("diagnosis")),x(this.error,!!t.error),t.error&&w(this.
error,t.error);let{done:i,of:a}=t.progress??{done:0,of:0};x(this.progress,e==="preparing"),a>0?this.progress.value=i/a:this.
progress.removeAttribute("value"),this.tell(),this.hear(t.said),w(this.caption,t.caption??this.newest),Object.assign(this.
el.dataset,{state:e,step:K(t),frame:t.n,ageMs:Math.round(1e3*this.client.drawnAge),drawMs:this.client.drawMs.toFixed(1)})}keepFocus(){
let t=document.activeElement;this.inside&&(t===null||t===document.body)&&this.el.focus({preventScroll:!0}),t instanceof HTMLElement&&
t!==this.el&&this.el.contains(t)&&t.matches(":disabled")?(this.unfocused=t,this.el.focus({preventScroll:!0})):this.unfocused&&
t!==this.el?this.unfocused=null:this.unfocused&&!this.unfocused.matches(":disabled")&&(this.unfocused.focus({preventScroll:!0}),
this.unfocused=null)}focusLeft(t){let{relatedTarget:e,target:s}=t,i=s instanceof HTMLElement&&(!s.isConnected||s.matches(
":disabled")||!s.checkVisibility());(e instanceof Node?!this.el.contains(e):!i&&document.hasFocus())&&(this.inside=!1)}again(){
this.due||(this.due=requestAnimationFrame(()=>{this.due=0,this.el.isConnected&&this.draw(this.frame)}))}late(t){this.el.
dataset.late=t?t.toFixed(2):"",this.lateBy=t,this.tell()}silent(t,e){this.quiet=t,this.gone=e,this.tell()}tell(){let t=this.
gone?"Python has stopped: the kernel was restarted or shut down. Run the cell again for a new lab; this page still shows\
 the last state.":this.quiet&&this.frame.state!=="closed"?`No answer from Python for ${Math.round(this.quiet)} s: it may\
 be busy with a cell.`:this.lateBy?`The connection is slow: this picture is ${this.lateBy.toFixed(1)} s old.`:this.frame.
note??"";x(this.note,!!t),w(this.note,t)}hear(t){let e=t.filter(({id:i})=>!this.heard.has(i)),s=this.heard.size===0;for(let{
id:i}of e)this.heard.add(i);if(e.length){this.newest=e[e.length-1].text;for(let{text:i}of s?e.slice(-1):e.slice(-3))this.
say(i)}}say(t){for(this.live.append(h("p",{},t));this.live.childElementCount>20;)this.live.firstChild?.remove()}command(t,...e){
this.locked(t)||this.client.send({type:"command",name:t,args:e[0]??{}})}locked(t){return this.frame.locked.includes(t)}anew(t,e=this.
frame.to_lose){if(!e)return t();this.act=t,w(this.losing,`${e} would be lost. To keep a run, copy its recipe token first\
.`),this.sure.showModal()}dropped(){this.sure.close(),this.act()}toggle(){if(!this.transport.play.disabled){if(this.intoView(),
this.frame.state!=="finished")return this.command(this.frame.state==="playing"?"pause":"play");T()-this.finishedAt<.6||this.
anew(()=>{this.command("reset"),this.command("play")})}}intoView(){let{top:t,bottom:e}=this.el.getBoundingClientRect();this.
el.dataset.shape!=="narrow"&&(t<0||e>window.innerHeight)&&this.el.scrollIntoView({block:"nearest"})}scrubTo(t){this.timeline.
range.disabled||this.command("scrub",{step:Yt(this.frame.recorded_steps,t)})}chartCursor(t){t!==this.cursor&&(this.cursor=
t,!this.cursorDue&&(this.cursorDue=requestAnimationFrame(()=>{this.cursorDue=0,this.charts.draw(this.frame,this.cursor)})))}key(t){
let e=t.target;if(t.key==="Enter"&&(t.ctrlKey||t.metaKey||t.shiftKey))return this.enter(t,e);if(t.ctrlKey||t.metaKey||t.
altKey||t.key==="Tab")return;if(this.help.open||this.sure.open||this.layout.dialog.open)return t.stopPropagation();t.key===
"Escape"&&this.el.classList.contains("ame-presented")&&this.layout.toggle(),(!t.shiftKey||t.key.length===1)&&t.stopPropagation();
let{tagName:s}=e;if(s==="INPUT"&&e.type!=="range"&&e.type!=="radio"||s==="SELECT"||s==="TEXTAREA")return;let a=l=>!l.disabled&&
l.click(),r={k:()=>this.toggle(),s:()=>a(this.transport.step),e:()=>a(this.transport.epoch),r:()=>a(this.transport.reset),
"[":()=>this.move(-1),"]":()=>this.move(1),l:()=>a(this.timeline.live),f:()=>a(this.timeline.fork),d:()=>this.toDials(),
m:()=>this.manifold.panes[0]?.over.focus(),p:()=>this.layout.toggle(),"?":()=>this.help.showModal()}[t.key.toLowerCase()];
r&&(t.preventDefault(),r())}toDials(){this.layout.open("dials"),this.dials.el.querySelector("input:enabled, select:enabl\
ed, button:enabled")?.focus()}enter(t,e){t.stopPropagation(),e.type==="number"&&(t.preventDefault(),e.blur(),e.focus())}move(t){
let{recorded_steps:e}=this.frame;if(!e.length||this.timeline.range.disabled)return;let s=Math.max(0,Math.min(e.length-1,
F(e,K(this.frame))+t));this.command("scrub",{step:e[s]})}thumbnail(t,e){return!this.pictures||e>=this.pictures.count?!1:
(this.pictures.fill(t,e),!0)}readInk(){let t=this.el?getComputedStyle(this.el):null,e=(r,l)=>t?.getPropertyValue(r).trim()||
l,s=e("--ame-card","#ffffff"),[i,a,n]=ve(s);return{dark:U(),text:e("--ame-text","#1a1a1a"),muted:e("--ame-muted","#5a5a5\
a"),grid:e("--ame-line","#e4e4e4"),card:s,soft:e("--ame-soft","#f4f5f7"),accent:e("--ame-accent","#0072B2"),wash:e("--am\
e-wash","rgba(0,114,178,.12)"),font:t?.fontFamily||"sans-serif",paper32:(4278190080|n<<16|a<<8|i)>>>0}}theme(){this.el.dataset.
theme=U()?"dark":"light",this.ink=this.readInk(),this.manifold.theme(),this.again()}};var ri=20,os=32767,hs=[.25,.5,1,2,4],ee=o=>(o+os)/(2*os);function hi(o,{box:[t,e,s,i],most_entropy:a}){let n=l=>Float32Array.
from(l,(c,d)=>d%2?s+ee(c)*(i-s):t+ee(c)*(e-t)),r=Float32Array.from(o.entropy,l=>ee(l)*a);return{step:o.step,points:n(o.points),
anchors:n(o.anchors),prediction:o.prediction,entropy:r}}var rs=(o,t,e)=>o.length===t.length?Float32Array.from(o,(s,i)=>s+
e*(t[i]-s)):o,qt=class{constructor(t,e){this.recording=t,this.show=e,this.pictures=t.pictures.map(s=>s.map(i=>hi(i,t))),
this.steps=this.pictures.map(s=>s.map(({step:i})=>i)),this.playing=!1,this.speed=1,this.at=0,this.selection=[],this.n=0,
this.said=[],this.then=-1}get last(){return this.recording.moments[this.recording.moments.length-1]}get moment(){return Math.
max(0,F(this.recording.moments,this.at+1e-9))}manifold(t){let e=this.pictures[t],s=Math.max(0,F(this.steps[t],this.at+1e-9)),
[i,a]=[e[s],e[s+1]];if(!i||!this.playing||!a)return i??null;let n=Math.max(0,(this.at-i.step)/(a.step-i.step));return{...i,
points:rs(i.points,a.points,n),anchors:rs(i.anchors,a.anchors,n)}}frame(){let{recording:t,moment:e,last:s}=this,i=t.moments[e],
a=t.told[e];return this.n+=1,{...ct,n:this.n,recording:!0,state:this.playing?"playing":this.at>=s?"finished":"paused",step:i,
scrubbed:i,steps:t.steps,speed:this.speed,recorded_steps:t.moments,units:t.units,arms:t.arms.map((n,r)=>({...n,manifold:this.
manifold(r)})),delta:{columns:t.columns,rows:a.rows},diagnosis:t.findings[a.findings],caption:a.caption,selection:this.selection,
said:this.said,show:t.show,locked:t.locked,explained:t.explained+this.drawn()}}drawn(){let t=[...new Set(this.steps.map(
e=>e[Math.max(0,F(e,this.at+1e-9))]))];return this.playing?"; between recorded pictures points move in straight lines":`\
; as recorded at step ${t.join(" and ")}`}command(t,e){let{moments:s}=this.recording;t==="play"?this.begin():t==="pause"?
this.rest(this.at):t==="reset"?this.rest(s[0]):t==="step"?this.rest(s[Math.min(s.length-1,this.moment+1)]):t==="scrub"?this.
rest(Number(e.step??this.last)):t==="speed"?this.speed=Number(e.value)||1:t==="select"&&(this.selection=e.ids),this.show(
this.frame())}begin(){this.at>=this.last&&(this.at=this.recording.moments[0]),this.playing=!0,this.then=-1}rest(t){this.
playing=!1,this.at=t,this.at=this.recording.moments[this.moment],this.said=[{id:(this.said[0]?.id??0)+1,text:this.recording.
told[this.moment].caption}]}tick(t){if(!this.playing)return;let e=this.then>=0?Math.min(.25,(t-this.then)/1e3):0;this.then=
t,this.at+=e*this.speed*Math.max(1,this.last)/ri,this.at>=this.last&&this.rest(this.last),this.show(this.frame())}};var li=[["K","play or pause"],["S","next recorded step"],["R","to the beginning"],["[ and ]","earlier and later recorded\
 step"],["M","to the manifold"],["P","fill the browser, and back"],["?","this list"]];async function ci(o){let t=Uint8Array.
from(atob(o.trim()),l=>l.charCodeAt(0)),e=await new Response(new Blob([t]).stream().pipeThrough(new DecompressionStream(
"deflate"))).arrayBuffer(),s=new DataView(e).getUint32(0,!0),{tree:i,sizes:a}=JSON.parse(new TextDecoder().decode(new Uint8Array(
e,4,s))),n=4+s,r=a.map(l=>new DataView(e,(n+=l)-l,l));return et(i,r)}var ie=class{constructor(t){this.values=t,this.followers=
new Map}get(t){return this.values[t]}set(t,e){this.values[t]=e;for(let s of this.followers.get(`change:${t}`)??[])s()}save_changes(){}on(t,e){
let s=this.followers.get(t)??new Set;this.followers.set(t,s.add(e))}off(t,e){this.followers.get(t)?.delete(e)}};function se(o){
document.body.dataset.jpThemeLight=String(!o),document.documentElement.style.colorScheme=o?"dark":"light"}async function di(){
let o=document.getElementById("stage"),t=await ci(document.getElementById("recorded")?.textContent??""),e=matchMedia("(p\
refers-color-scheme: dark)");se(e.matches),e.addEventListener("change",()=>se(e.matches)),document.getElementById("theme")?.
addEventListener("click",()=>se(document.body.dataset.jpThemeLight==="true")),xe(t.quantities);let s=new ie({images:null,
arrangement:t.arrangement,opened:{}}),i=new qt(t,l=>n.draw(l)),a={model:s,page:"replay",drawnAge:0,drawMs:0,send:l=>l.type===
"command"&&i.command(l.name,l.args)},n=new _t(a);pi(n),o.prepend(n.el),n.retained("scene",t.scene),n.draw(i.frame());let r=l=>{
i.tick(l),requestAnimationFrame(r)};requestAnimationFrame(r),document.addEventListener("keydown",l=>l.target===document.
body&&n.key(l)),document.documentElement.dataset.ready="true"}function pi(o){let{transport:t,help:e,layout:s}=o;o.el.setAttribute(
"aria-label","Recorded runs"),t.el.setAttribute("aria-label","Playing"),t.step.title="Next recorded step (S)",t.reset.title=
"To the beginning (R)",w(t.reset.lastChild,"Start"),t.speed.replaceChildren(...hs.map(i=>h("option",{value:i},`${i} ×`))),
e.querySelector("dl")?.replaceChildren(...li.flatMap(([i,a])=>[h("dt",{},h("kbd",{},i)),h("dd",{},a)])),s.dialog.querySelector(
"p")?.remove()}di().catch(o=>{let t=document.getElementById("failed");t&&(t.hidden=!1,w(t,`This recording cannot be play\
ed here (${o instanceof Error?o.message:o}). It needs a browser of 2023 or later.`))});})();
